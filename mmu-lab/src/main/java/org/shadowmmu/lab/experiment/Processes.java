package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A guest under shadow paging in which short processes are forked, start a program and end, as in a compile. A program uses
 * pages in some of its 2 MiB regions at a time; each process has page tables of its own, which the guest kernel keeps.
 */
public record Processes(
        @Key(
                meaning = FamilyKeys.MEMORY,
                takes = "a size such as '1 GiB', from 128 MiB to 64 GiB",
                defaultText = "1 GiB")
        MemorySize memory,

        @Key(
                meaning = "how many programs run in all, one at a time on each virtual CPU",
                takes = "a whole number from 1 to 1000000",
                defaultText = "40")
        Integer programs,

        @Key(
                meaning =
                        "stretches of a million instructions that a program runs, in each of which it is busy elsewhere",
                takes = "a whole number from 1 to 100000",
                defaultText = "10")
        Integer stretches,

        @Key(
                meaning = "how many pages a program uses in a stretch, one after the other",
                takes = "a whole number from 1 to 1000000",
                defaultText = "1487")
        Integer uses,

        @Key(
                meaning = "2 MiB regions that a program has pages in, 8 of them in each GiB",
                takes = "a whole number from 1 to 1000",
                defaultText = "40")
        Integer regions,

        @Key(
                name = "busy-regions",
                meaning = "regions of its own that a program uses in a stretch",
                takes = "a whole number from 1 to the number of regions",
                defaultText = "9")
        Integer busyRegions,

        @Key(
                name = "pages-per-region",
                meaning = "pages that a program has in each of its regions",
                takes = "a whole number from 1 to 512",
                defaultText = "18")
        Integer pagesPerRegion,

        @Key(
                meaning = "pages that a program uses again after each other use, each in another region",
                takes = "a whole number from 0 to the number of regions",
                defaultText = "3")
        Integer hot,

        @Key(
                name = "kernel-uses",
                meaning = "how many pages of its own the guest kernel uses in a stretch",
                takes = "a whole number from 0 to 1000000",
                defaultText = "647")
        Integer kernelUses,

        @Key(
                meaning = "which free frame the guest kernel takes next",
                takes =
                        "oldest (freed longest ago, so that tables wander over memory) or newest (freed last, as Linux does)",
                defaultText = "oldest")
        Reuse reuse,

        @Key(
                meaning = "virtual CPUs of the guest; they take turns of 16 uses",
                takes = FamilyKeys.VCPU_RANGE,
                defaultText = "2")
        Integer vcpus)
        implements Family {
    /** Which free frame the guest kernel takes next. */
    public enum Reuse {
        /** The one freed longest ago. */
        OLDEST("oldest"),
        /** The one freed last. */
        NEWEST("newest");

        private final String word;

        Reuse(String word) {
            this.word = word;
        }

        /**
         * The constant for a word of an experiment file.
         *
         * @throws IllegalArgumentException if there is none
         */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static Reuse of(String word) {
            return Words.find("reuse", values(), Reuse::toString, word);
        }

        @JsonValue
        @Override
        public String toString() {
            return word;
        }
    }

    private static final long LEAST_PAGES = 1L << 15;
    private static final long MOST_PAGES = 1L << 24;
    private static final int MILLION = 1_000_000;

    /**
     * Fills in defaults.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public Processes(
            @JsonProperty("memory") @Nullable MemorySize memory,
            @JsonProperty("programs") @Nullable Integer programs,
            @JsonProperty("stretches") @Nullable Integer stretches,
            @JsonProperty("uses") @Nullable Integer uses,
            @JsonProperty("regions") @Nullable Integer regions,
            @JsonProperty("busy-regions") @Nullable Integer busyRegions,
            @JsonProperty("pages-per-region") @Nullable Integer pagesPerRegion,
            @JsonProperty("hot") @Nullable Integer hot,
            @JsonProperty("kernel-uses") @Nullable Integer kernelUses,
            @JsonProperty("reuse") @Nullable Reuse reuse,
            @JsonProperty("vcpus") @Nullable Integer vcpus) {
        this.memory = FamilyKeys.size("memory", memory, MemorySize.mib(1024), MOST_PAGES);
        this.programs = ValueProblem.within("programs", programs, 40, 1, MILLION);
        this.stretches = ValueProblem.within("stretches", stretches, 10, 1, 100_000);
        this.uses = ValueProblem.within("uses", uses, 1487, 1, MILLION);
        this.regions = ValueProblem.within("regions", regions, 40, 1, 1000);
        this.busyRegions = ValueProblem.within("busy-regions", busyRegions, Math.min(9, this.regions), 1, this.regions);
        this.pagesPerRegion = ValueProblem.within("pages-per-region", pagesPerRegion, 18, 1, 512);
        this.hot = ValueProblem.within("hot", hot, Math.min(3, this.regions), 0, this.regions);
        this.kernelUses = ValueProblem.within("kernel-uses", kernelUses, 647, 0, MILLION);
        this.reuse = reuse == null ? Reuse.OLDEST : reuse;
        this.vcpus = ValueProblem.within("vcpus", vcpus, 2, 1, 64);
        if (this.memory.pages() < LEAST_PAGES) {
            throw new ValueProblem(
                    "memory", "'memory' must be " + new MemorySize(LEAST_PAGES) + " or more, not " + this.memory);
        }
    }

    @Override
    public String word() {
        return "processes";
    }

    @Override
    public String description() {
        return "a guest in which short processes are forked, start a program and end";
    }

    @Override
    public Family byDefault() {
        return new Processes(null, null, null, null, null, null, null, null, null, null, null);
    }
}
