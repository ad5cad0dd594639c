package org.shadowmmu.lab.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.shadowmmu.lab.experiment.Family;
import org.shadowmmu.lab.experiment.Host;

/**
 * {@code manifest.json}: everything that determines the results, resolved, defaults included. Two runs with equal manifests
 * have equal results, byte for byte; what may differ between them is in {@link VolatileFacts}.
 *
 * @param format {@link #FORMAT}, or in older results one of {@link #READABLE}
 * @param lab version of the lab
 * @param api version of the policy SPI
 * @param command the command that gives these results, without options that cannot change them
 * @param name name of the experiment
 * @param description what the experiment asks
 * @param policies the policies, the first being the one the others are compared with
 * @param workloads the workloads
 * @param quotas the quotas as written
 * @param hosts the hosts
 * @param seeds the seeds
 * @param seriesSteps number of steps of a time series
 * @param trials number of trials
 */
public record Manifest(
        String format,
        String lab,
        String api,
        String command,
        String name,
        String description,
        List<Policy> policies,
        List<Workload> workloads,
        List<String> quotas,
        List<Host> hosts,
        List<Long> seeds,
        int seriesSteps,
        int trials) {
    /** The format this version writes. */
    public static final String FORMAT = "shadowmmu-results 2";

    /** The formats this version reads. Trials of the first have no {@link Metric#MMU_TIME}. */
    static final List<String> READABLE = List.of("shadowmmu-results 1", FORMAT);

    /**
     * A policy of the experiment, or a mix of several.
     *
     * @param label its name in results: what the experiment calls it, or the id with the parameters it sets
     * @param parts who takes which decision; decisions that no part takes are upstream's
     */
    public record Policy(String label, List<Part> parts) {
        /** Names of the decisions it takes, whoever takes them. */
        public List<String> decisions() {
            return parts.stream().flatMap(part -> part.decisions().stream()).toList();
        }
    }

    /**
     * A policy of a jar, and what it decides here.
     *
     * @param id its id
     * @param summary what it says of itself
     * @param decisions names of the decisions it takes here
     * @param parameters every parameter, defaults included
     * @param api version of the SPI it was built for
     * @param jar file name of its jar
     * @param version version of the jar, empty if it says none
     * @param sha256 SHA-256 of the jar
     */
    public record Part(
            String id,
            String summary,
            List<String> decisions,
            Map<String, String> parameters,
            String api,
            String jar,
            String version,
            String sha256) {}

    /** What kind of workload it is. */
    public enum Kind {
        /** A recorded stream. */
        STREAM("instructions"),
        /** A synthetic workload. */
        SYNTHETIC("accesses"),
        /** A recorded scenario. */
        RECORDING("operations");

        private final String clock;

        Kind(String clock) {
            this.clock = clock;
        }

        /** What its clock counts. */
        public String clock() {
            return clock;
        }

        /** The word in result files. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with this word. */
        @JsonCreator
        public static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** The part of a workload whose figures count, from and to readings of its clock. */
    public record Region(long from, long to) {
        /** A region of a workload of this length. */
        public static Region of(org.shadowmmu.lab.workload.Region region, long length) {
            return new Region(region.from(), Math.min(region.to(), length));
        }
    }

    /**
     * A workload.
     *
     * @param name its name in results
     * @param kind what it is, and so what its clock counts
     * @param file file name; empty for synthetic ones
     * @param sha256 SHA-256 of the file; empty for synthetic ones
     * @param description what it says of itself
     * @param kernel kernel of the recorded guest, or of the recorded host; empty for synthetic ones
     * @param family the synthetic family; empty for recorded ones
     * @param parameters every parameter of a synthetic one, defaults included
     * @param vcpus number of virtual CPUs
     * @param length how far its clock goes, all virtual CPUs together
     * @param region the part whose figures count
     * @param accesses page accesses made; operations of a recorded scenario
     * @param slotChanges memslot changes carried out; those at the start for a recorded scenario
     * @param memory RAM blocks and their sizes in 4 KiB pages
     * @param markers markers the guest set, with the instruction clock there
     */
    public record Workload(
            String name,
            Kind kind,
            String file,
            String sha256,
            String description,
            String kernel,
            String family,
            Map<String, String> parameters,
            int vcpus,
            long length,
            Region region,
            long accesses,
            long slotChanges,
            Map<String, Long> memory,
            List<Marker> markers) {
        /** A synthetic workload that is no stream: one block of memory that is there from the start, and no markers. */
        public static Workload of(String name, Family family, long accesses, Region region, long pages) {
            return new Workload(
                    name,
                    Kind.SYNTHETIC,
                    "",
                    "",
                    family.description(),
                    "",
                    family.word(),
                    family.parameters(),
                    family.vcpus(),
                    accesses,
                    region,
                    accesses,
                    1,
                    Map.of("memory", pages),
                    List.of());
        }
    }

    /** A marker of a workload and its clock there, all virtual CPUs together. */
    public record Marker(long number, long instruction) {}
}
