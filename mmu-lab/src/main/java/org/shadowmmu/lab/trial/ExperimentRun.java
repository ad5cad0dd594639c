package org.shadowmmu.lab.trial;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.TrialLog;
import org.shadowmmu.lab.store.VolatileFacts;

/** Carries out a plan: the manifest first, then the trials one line at a time, at last what is volatile. */
public final class ExperimentRun {
    private final TrialRunner runner;
    private final InstantSource clock;

    /** Runs with this runner; the clock serves {@link VolatileFacts} alone. */
    public ExperimentRun(TrialRunner runner, InstantSource clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /**
     * Runs every trial of a plan and stores what comes out.
     *
     * @param manifest the manifest of the plan
     * @param options how it is carried out; changes no result
     * @param commandLine the command line as given
     * @return how many trials failed
     */
    public int run(
            Plan plan,
            Manifest manifest,
            ResultFolder folder,
            RunOptions options,
            List<String> commandLine,
            RunListener listener) {
        Instant started = clock.instant();
        folder.write(ResultFolder.MANIFEST, Json.pretty(manifest));
        Recorder recorder;
        try (TrialLog log = new TrialLog(folder)) {
            recorder = new Recorder(log, listener);
            new TrialPool(runner, options).run(plan.trials(), recorder);
        }
        VolatileFacts facts = new VolatileFacts(
                commandLine,
                started.truncatedTo(ChronoUnit.SECONDS).toString(),
                ChronoUnit.MILLIS.between(started, clock.instant()) / 1e3,
                options.jobs(),
                recorder.seconds,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
        folder.write(ResultFolder.VOLATILE, Json.pretty(facts));
        return recorder.failed;
    }

    /** Stores each outcome before anybody else hears of it. */
    private static final class Recorder implements RunListener {
        private final TrialLog log;
        private final RunListener next;
        private final List<Double> seconds = new ArrayList<>();
        private int failed;

        Recorder(TrialLog log, RunListener next) {
            this.log = log;
            this.next = next;
        }

        @Override
        public void accessesReplayed(long count) {
            next.accessesReplayed(count);
        }

        @Override
        public void trialEnded(TrialOutcome outcome) {
            log.append(outcome.result(), outcome.series());
            seconds.add(outcome.seconds());
            if (!outcome.result().ok()) {
                failed++;
            }
            next.trialEnded(outcome);
        }
    }
}
