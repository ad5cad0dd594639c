package org.shadowmmu.lab.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.trial.RunListener;
import org.shadowmmu.lab.trial.Trial;
import org.shadowmmu.lab.trial.TrialOutcome;

/** Shows how a run goes: a bar with the time left on a terminal, a line per trial elsewhere. Goes to standard error. */
final class Progress implements RunListener, AutoCloseable {
    private static final long MILLION = 1_000_000;
    private static final double WORTH_SAYING = 5;

    private final PrintWriter err;
    private final int trials;
    private final @Nullable ProgressBar bar;
    private final Map<Integer, Long> sizes = new HashMap<>();
    private final long start = System.nanoTime();
    private long left;
    private long done;

    private Progress(PrintWriter err, List<Trial> run, int trials, @Nullable ProgressBar bar) {
        this.err = err;
        this.trials = trials;
        left = accesses(run);
        run.forEach(trial -> sizes.put(trial.number(), trial.workload().accesses()));
        this.bar = bar;
    }

    private static long accesses(List<Trial> run) {
        return run.stream().mapToLong(trial -> trial.workload().accesses()).sum();
    }

    /** A bar that follows the accesses replayed. */
    static Progress bar(List<Trial> run, int trials, PrintWriter err) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("trials")
                .setInitialMax(accesses(run))
                .setUnit("M accesses", MILLION)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
        return new Progress(err, run, trials, bar);
    }

    /** A line per trial. */
    static Progress lines(List<Trial> run, int trials, PrintWriter err) {
        return new Progress(err, run, trials, null);
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
        long size = sizes.getOrDefault(result.trial(), 0L);
        done += size;
        left -= size;
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
                "[%d/%d] %s, quota %s, %s: %s (%.1f s%s)",
                result.trial() + 1,
                trials,
                result.workload(),
                result.quota(),
                result.policy(),
                end,
                outcome.seconds(),
                timeLeft()));
        err.flush();
    }

    /** The time left, where there is enough of it to be worth a word: as the accesses replayed so far took. */
    private String timeLeft() {
        double seconds = done == 0 ? 0 : (System.nanoTime() - start) / 1e9 / done * left;
        return seconds < WORTH_SAYING ? "" : String.format(Locale.ROOT, "; about %.0f s left", seconds);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
