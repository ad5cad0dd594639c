package org.shadowmmu.lab.store;

import java.util.List;

/**
 * {@code volatile.json}: what may differ between two runs with the same results, kept apart so that the rest can be
 * compared with {@code diff}.
 *
 * @param commandLine the command line as given
 * @param started when the run began, UTC
 * @param seconds how long it took
 * @param jobs trials run at the same time
 * @param trialSeconds how long each trial took, in the order of the plan
 * @param java version of the Java machine
 * @param system operating system and processor architecture
 * @param processors processors the Java machine may use
 */
public record VolatileFacts(
        List<String> commandLine,
        String started,
        double seconds,
        int jobs,
        List<Double> trialSeconds,
        String java,
        String system,
        int processors) {}
