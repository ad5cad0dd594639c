package org.shadowmmu.lab.ab;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.statistics.Answer;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/**
 * {@code ab.json}: what a comparison was and what came out. The same command gives the same bytes.
 *
 * @param format always {@code shadowmmu-ab 1}
 * @param lab version of the lab
 * @param command the command that gives these results
 * @param trials stretches per stream, seeds per synthetic workload
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
     * A workload, and where its stretches lie.
     *
     * @param name its name
     * @param kind what it is; the trials of a recorded stream are stretches, those of others are seeds
     * @param host the host
     * @param parameters every parameter of a synthetic one
     * @param sha256 SHA-256 of the file; empty for synthetic ones
     * @param description what it says of itself
     * @param accesses page accesses replayed
     * @param instructions how far its clock goes, all virtual CPUs together
     * @param from where the first stretch begins, or the region of each run
     * @param length how long a stretch is, or the region of each run
     * @param tables leaf tables that the stream needs; 0 if it is not told
     */
    public record StreamFacts(
            String name,
            Manifest.Kind kind,
            Host host,
            Map<String, String> parameters,
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
     * @param total figures from power on to the end of the stream; means over the seeds
     * @param stretches figures by stretch, or by seed
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

        /** The answer for the simulated time of the MMU. */
        public Answer mmuTime() {
            return answers.stream()
                    .filter(answer -> answer.key().equals(Metric.MMU_TIME.key()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Whether the trials of a place are runs with different seeds, not stretches of one. */
    public boolean seeded(Place place) {
        return streams.stream()
                .anyMatch(stream -> stream.name().equals(place.stream()) && stream.kind() == Manifest.Kind.SYNTHETIC);
    }

    /** Whether a policy failed anywhere. */
    public boolean failed() {
        return places.stream().flatMap(place -> place.runs().stream()).anyMatch(run -> run.failure() != null);
    }
}
