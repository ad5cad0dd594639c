package org.shadowmmu.lab.ab;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.statistics.Answer;
import org.shadowmmu.lab.store.Metric;

/**
 * {@code ab.json}: what a comparison was and what came out. The same command gives the same bytes.
 *
 * @param format always {@code shadowmmu-ab 1}
 * @param lab version of the lab
 * @param command the command that gives these results
 * @param trials stretches per stream
 * @param seed seed of everything random
 * @param smallest the smallest relative change that matters
 * @param policies the policies, the first being the one the others are compared with
 * @param streams the streams
 * @param places results by stream and quota
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AbResult(
        String format,
        String lab,
        String command,
        int trials,
        long seed,
        double smallest,
        List<PolicyFacts> policies,
        List<StreamFacts> streams,
        List<Place> places) {
    /** The format this version writes. */
    public static final String FORMAT = "shadowmmu-ab 1";

    /**
     * Where a policy came from.
     *
     * @param label as the user wrote it
     * @param summary what it says of itself
     * @param parameters every parameter, defaults included
     * @param jar file name of its jar
     * @param sha256 SHA-256 of the jar
     */
    public record PolicyFacts(
            String label, String summary, Map<String, String> parameters, String jar, String sha256) {}

    /**
     * A stream, and where its stretches lie.
     *
     * @param name its name
     * @param sha256 SHA-256 of the file
     * @param description what it says of itself
     * @param accesses page accesses replayed
     * @param instructions guest instructions, all virtual CPUs together
     * @param from instruction at which the first stretch begins
     * @param length instructions of a stretch
     * @param tables leaf tables that the stream needs
     */
    public record StreamFacts(
            String name,
            String sha256,
            String description,
            long accesses,
            long instructions,
            long from,
            long length,
            int tables) {}

    /**
     * One stream at one quota.
     *
     * @param stream name of the stream
     * @param quota {@code default}, {@code binding} or a number
     * @param pages shadow pages allowed at the end; 0 if no policy ran to its end
     * @param runs what each policy gave, in the order of the policies
     * @param comparisons the answers for every policy but the first, in their order; without those that failed
     * @param fewestCreated pages that any order of reclaim must create at least; null if not asked for
     * @param foresight what the order that knows the stream gave; null if not asked for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Place(
            String stream,
            String quota,
            long pages,
            List<Run> runs,
            List<Comparison> comparisons,
            @Nullable Long fewestCreated,
            @Nullable Run foresight) {
        /** Whether any policy reclaimed a page. */
        public boolean reclaimed() {
            return runs.stream().anyMatch(run -> run.total().getOrDefault(Metric.RECLAIMED, 0L) > 0);
        }
    }

    /**
     * One policy on one stream at one quota.
     *
     * @param label the policy
     * @param failure why it failed, null if it did not
     * @param total figures from power on to the end of the stream
     * @param stretches figures by stretch
     * @param asked how often each decision was asked for that the policy takes
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Run(
            String label,
            @Nullable String failure,
            Map<Metric, Long> total,
            Map<Metric, double[]> stretches,
            Map<String, Long> asked) {
        /** A figure from power on to the end. */
        public long totalOf(Metric metric) {
            return total.getOrDefault(metric, 0L);
        }
    }

    /** The answers for one policy against the first, page faults first. */
    public record Comparison(String label, List<Answer> answers) {
        /** The answer for page faults. */
        public Answer faults() {
            return answers.get(0);
        }
    }

    /** Whether a policy failed anywhere. */
    public boolean failed() {
        return places.stream().flatMap(place -> place.runs().stream()).anyMatch(run -> run.failure() != null);
    }
}
