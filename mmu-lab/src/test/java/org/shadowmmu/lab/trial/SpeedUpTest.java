package org.shadowmmu.lab.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.QuotaEntry;

/**
 * Trials share nothing, so two cores do nearly twice as many. What two threads lose to each other is judged by the processor
 * time of the same trials, which tells it on a busy machine as well; the wall clock, which does not, is printed.
 */
@Tag("long")
class SpeedUpTest {
    private static final int TRIALS = 40;
    private static final int ROUNDS = 2;

    @Test
    void fortyTrialsOnTwoCoresAreNearlyTwiceAsFastAsOnOne() {
        List<Trial> trials = trials();
        double[] wall = {Double.MAX_VALUE, Double.MAX_VALUE};
        double[] work = {Double.MAX_VALUE, Double.MAX_VALUE};
        run(trials, 2);
        for (int round = 0; round < ROUNDS; round++) {
            for (int jobs = 1; jobs <= 2; jobs++) {
                double[] seconds = run(trials, jobs);
                wall[jobs - 1] = Math.min(wall[jobs - 1], seconds[0]);
                work[jobs - 1] = Math.min(work[jobs - 1], seconds[1]);
            }
        }
        double speedUp = 2 * work[0] / work[1];
        System.out.printf(
                "%d trials: processor time %.2f s on one core, %.2f s on two: %.2f times as fast; wall clock %.2f s and"
                        + " %.2f s%n",
                TRIALS, work[0], work[1], speedUp, wall[0], wall[1]);
        assertThat(speedUp).isGreaterThan(1.9);
    }

    /** Wall clock and processor time, in seconds. */
    private static double[] run(List<Trial> trials, int jobs) {
        TrialRunner runner = new TrialRunner(EngineMachine::create, ShadowEngineMachine::create);
        long work = processorTime();
        long start = System.nanoTime();
        new TrialPool(runner, RunOptions.jobs(jobs))
                .run(trials, outcome -> assertThat(outcome.result().ok()).isTrue());
        return new double[] {(System.nanoTime() - start) / 1e9, (processorTime() - work) / 1e9};
    }

    private static long processorTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static List<Trial> trials() {
        Path file = Project.root().resolve("data/streams/fw-pc.gpas.gz");
        Workload workload = AccessStream.of("fw-pc", file);
        Trial.Policy policy = new Trial.Policy("upstream", PolicyAssignment.UPSTREAM);
        List<Trial> trials = new ArrayList<>();
        for (int seed = 0; seed < TRIALS; seed++) {
            trials.add(new Trial(seed, Host.DEFAULT, workload, new QuotaEntry(QuotaEntry.SMALLEST), policy, seed));
        }
        return trials;
    }
}
