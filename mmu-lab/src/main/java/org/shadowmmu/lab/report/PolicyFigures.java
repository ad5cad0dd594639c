package org.shadowmmu.lab.report;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * What one policy gave on one workload at one quota.
 *
 * @param label the policy's name in results
 * @param trials its trials, one per seed
 * @param series the time series of its first trial that did not fail, if there is one
 */
public record PolicyFigures(
        String label, List<TrialResult> trials, @Nullable TimeSeries series) {
    /** Whether every trial ran to its end. */
    public boolean ok() {
        return trials.stream().allMatch(TrialResult::ok);
    }

    /** Why a trial failed, if one did. */
    public Optional<String> failure() {
        return trials.stream()
                .filter(trial -> !trial.ok())
                .map(trial -> String.valueOf(trial.failure()))
                .findFirst();
    }

    /** Whether every trial has a figure; results of an older format lack what was not counted then. */
    public boolean has(Metric metric) {
        return trials.stream().allMatch(trial -> trial.metrics().containsKey(metric));
    }

    /** A figure: the mean over the seeds. */
    public double value(Metric metric) {
        return trials.stream()
                .mapToLong(trial -> trial.metric(metric))
                .average()
                .orElseThrow();
    }

    /** A figure as people read it; a dash if it is missing. */
    String text(Metric metric) {
        return has(metric) ? Numbers.figure(metric, value(metric)) : "\u2013";
    }

    /** How often a decision was asked for, all trials together. */
    public long asked(String decision) {
        return trials.stream()
                .flatMap(trial -> trial.decisions().stream())
                .filter(use -> use.decision().equals(decision))
                .mapToLong(TrialResult.DecisionUse::asked)
                .sum();
    }

    /**
     * Whether every figure and every statistic of every trial is the same. The time of the MMU may differ: moves in a policy's
     * own queues are part of it, and change nothing where nothing is reclaimed.
     */
    public boolean sameAs(PolicyFigures other) {
        if (trials.size() != other.trials.size() || !ok() || !other.ok()) {
            return false;
        }
        for (int i = 0; i < trials.size(); i++) {
            if (!counts(trials.get(i)).equals(counts(other.trials.get(i)))
                    || !trials.get(i).counters().equals(other.trials.get(i).counters())) {
                return false;
            }
        }
        return true;
    }

    private static Map<Metric, Long> counts(TrialResult trial) {
        Map<Metric, Long> counts = new EnumMap<>(trial.metrics());
        counts.remove(Metric.MMU_TIME);
        return counts;
    }
}
