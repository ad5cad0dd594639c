package org.shadowmmu.lab.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Host;

/**
 * One line of {@code trials.jsonl}: what a trial was and what came out. Nothing in it depends on when, where or beside
 * what the trial ran.
 *
 * @param trial number of the trial, counted from 0 in the order of the plan
 * @param host the host it ran on
 * @param workload name of the workload
 * @param quota {@code default} or a number of shadow pages
 * @param policy label of the policy
 * @param seed seed of the trial
 * @param status how it ended
 * @param failure why it failed, null if it did not
 * @param metrics the figures, in the order of {@link Metric}; empty if it failed
 * @param counters the kernel's statistics at the end, by the kernel's names; empty if it failed
 * @param decisions how often each decision was asked for and who answered; empty if it failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrialResult(
        int trial,
        Host host,
        String workload,
        String quota,
        String policy,
        long seed,
        Status status,
        @Nullable String failure,
        Map<Metric, Long> metrics,
        SortedMap<String, Long> counters,
        List<DecisionUse> decisions) {
    /** How a trial ended. */
    public enum Status {
        /** It ran to its end. */
        OK,
        /** The policy, the stream or the machine failed. */
        FAILED;

        /** The word in result files. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How often a decision was asked for.
     *
     * @param decision name of the decision
     * @param policy id of the policy that answered
     * @param asked how often
     */
    public record DecisionUse(String decision, String policy, long asked) {}

    /** A figure of a trial that did not fail. */
    public long metric(Metric metric) {
        Long value = metrics.get(metric);
        if (value == null) {
            throw new IllegalStateException("trial " + trial + " has no figure '" + metric.key() + "'");
        }
        return value;
    }

    /** Whether it ran to its end. */
    public boolean ok() {
        return status == Status.OK;
    }
}
