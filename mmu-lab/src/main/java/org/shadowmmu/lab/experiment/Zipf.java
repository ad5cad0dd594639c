package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** A guest that uses its pages as often as Zipf's law says: the page of rank k in proportion to k to the power of -exponent. */
public record Zipf(
        @Key(meaning = FamilyKeys.MEMORY, takes = FamilyKeys.SIZE, defaultText = "1 GiB")
        MemorySize memory,

        @Key(meaning = "how many accesses the guest makes", takes = FamilyKeys.ACCESS_RANGE, defaultText = "1000000")
        Integer accesses,

        @Key(
                meaning = "the exponent of Zipf's law: the larger, the more of the accesses go to few pages",
                takes = "a number from 0.01 to 10",
                defaultText = "0.99")
        Double exponent,

        @Key(
                meaning = "where pages of neighbouring ranks lie",
                takes = "scattered (anywhere, by a permutation drawn from the seed) or adjacent (side by side)",
                defaultText = "scattered")
        Placement placement,

        @Key(meaning = FamilyKeys.WRITES, takes = FamilyKeys.SHARE, defaultText = "30 %")
        Share writes,

        @Key(meaning = FamilyKeys.VCPUS, takes = FamilyKeys.VCPU_RANGE, defaultText = "1")
        Integer vcpus)
        implements AccessFamily {
    /** Where pages of neighbouring ranks lie. */
    public enum Placement {
        /** Anywhere. */
        SCATTERED("scattered"),
        /** Side by side, the most used first. */
        ADJACENT("adjacent");

        private final String word;

        Placement(String word) {
            this.word = word;
        }

        /**
         * The constant for a word of an experiment file.
         *
         * @throws IllegalArgumentException if there is none
         */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static Placement of(String word) {
            return Words.find("placement", values(), Placement::toString, word);
        }

        @JsonValue
        @Override
        public String toString() {
            return word;
        }
    }

    /**
     * Fills in defaults.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public Zipf(
            @Nullable MemorySize memory,
            @Nullable Integer accesses,
            @Nullable Double exponent,
            @Nullable Placement placement,
            @Nullable Share writes,
            @Nullable Integer vcpus) {
        this.memory = FamilyKeys.memory(memory, MemorySize.mib(1024));
        this.accesses = FamilyKeys.accesses(accesses, 1_000_000);
        this.exponent = ValueProblem.within("exponent", exponent, 0.99, 0.01, 10);
        this.placement = placement == null ? Placement.SCATTERED : placement;
        this.writes = FamilyKeys.share(writes, 30);
        this.vcpus = FamilyKeys.vcpus(vcpus);
    }

    @Override
    public String word() {
        return "zipf";
    }

    @Override
    public String description() {
        return "a guest that uses its pages by Zipf's law";
    }

    @Override
    public Family byDefault() {
        return new Zipf(null, null, null, null, null, null);
    }
}
