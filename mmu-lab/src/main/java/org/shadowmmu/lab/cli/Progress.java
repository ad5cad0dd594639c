package org.shadowmmu.lab.cli;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.trial.Plan;
import org.shadowmmu.lab.trial.RunListener;
import org.shadowmmu.lab.trial.TrialOutcome;

/** Shows how a run goes: a bar with the time left on a terminal, a line per trial elsewhere. Goes to standard error. */
final class Progress implements RunListener, AutoCloseable {
    private static final long MILLION = 1_000_000;

    private final PrintWriter err;
    private final int trials;
    private final @Nullable ProgressBar bar;

    private Progress(PrintWriter err, int trials, @Nullable ProgressBar bar) {
        this.err = err;
        this.trials = trials;
        this.bar = bar;
    }

    /** A bar that follows the accesses replayed. */
    static Progress bar(Plan plan, PrintWriter err) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("trials")
                .setInitialMax(plan.accesses())
                .setUnit("M accesses", MILLION)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
        return new Progress(err, plan.trials().size(), bar);
    }

    /** A line per trial. */
    static Progress lines(Plan plan, PrintWriter err) {
        return new Progress(err, plan.trials().size(), null);
    }

    @Override
    public void accessesReplayed(long count) {
        if (bar != null) {
            bar.stepBy(count);
        }
    }

    @Override
    public void trialEnded(TrialOutcome outcome) {
        TrialResult result = outcome.result();
        if (bar != null) {
            bar.setExtraMessage(" " + (result.trial() + 1) + "/" + trials);
            return;
        }
        String end = result.ok()
                ? String.format(
                        Locale.ROOT,
                        "%,d faults, %,d pages reclaimed",
                        result.metric(Metric.FAULTS),
                        result.metric(Metric.RECLAIMED))
                : "failed: " + result.failure();
        err.println(String.format(
                Locale.ROOT,
                "[%d/%d] %s, quota %s, %s: %s (%.1f s)",
                result.trial() + 1,
                trials,
                result.workload(),
                result.quota(),
                result.policy(),
                end,
                outcome.seconds()));
        err.flush();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
