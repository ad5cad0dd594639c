package org.shadowmmu.lab.trial;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.TrialFiles;
import org.shadowmmu.lab.store.TrialLog;
import org.shadowmmu.lab.store.VolatileFacts;

/** Carries out trials and stores them one line at a time, at last what is volatile. */
public final class ExperimentRun {
    private final TrialRunner runner;
    private final InstantSource clock;

    /** Runs with this runner; the clock serves {@link VolatileFacts} alone. */
    public ExperimentRun(TrialRunner runner, InstantSource clock) {
        this.runner = runner;
        this.clock = clock;
    }

    /**
     * Runs trials and stores what comes out beside what is stored already, in the order of the plan.
     *
     * @param trials the trials to run, in the order of the plan
     * @param folder where their manifest lies
     * @param options how it is carried out; changes no result
     * @param commandLine the command line as given
     */
    public void run(
            List<Trial> trials,
            ResultFolder folder,
            RunOptions options,
            List<String> commandLine,
            RunListener listener) {
        Instant started = clock.instant();
        Recorder recorder;
        try (TrialLog log = new TrialLog(folder)) {
            recorder = new Recorder(log, listener);
            new TrialPool(runner, options).run(trials, recorder);
        }
        TrialFiles files = TrialFiles.read(folder);
        if (!files.clean()) {
            files.rewrite(folder);
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
    }

    /** Stores each outcome before anybody else hears of it. */
    private static final class Recorder implements RunListener {
        private final TrialLog log;
        private final RunListener next;
        private final List<Double> seconds = new ArrayList<>();

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
            next.trialEnded(outcome);
        }
    }
}
