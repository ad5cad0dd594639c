package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** A guest that is a hypervisor (L1), under which nested guests (L2) boot side by side, write to their memory and end. */
public record BootStorm(
        @Key(
                meaning = "how many nested guests run at a time, each on a virtual CPU of its own",
                takes = "a whole number from 1 to 64",
                defaultText = "4")
        Integer guests,

        @Key(meaning = "how often all of them boot", takes = "a whole number from 1 to 10000", defaultText = "10")
        Integer boots,

        @Key(
                name = "guest-memory",
                meaning = "the memory of a nested guest, in 4 KiB pages of the guest hypervisor",
                takes = "a size such as '256 MiB', up to 16 GiB",
                defaultText = "256 MiB")
        MemorySize guestMemory,

        @Key(
                meaning = "the distance between two pages that a nested guest writes to, in pages; 1 writes to all",
                takes = "a power of two from 1 to 512",
                defaultText = "1")
        Integer stride,

        @Key(
                name = "map-ahead",
                meaning = "how many entries the guest hypervisor maps when a nested guest misses one",
                takes = "a power of two from 1 to 512",
                defaultText = "512")
        Integer mapAhead,

        @Key(
                name = "tear-down",
                meaning = "what the guest hypervisor does with the nested tables of a guest that ended",
                takes = "zeroing (it zeroes every page at once), lazy (it writes nothing) or bottom-up (it clears the"
                        + " entries, lowest level first)",
                defaultText = "zeroing")
        TearDown tearDown)
        implements Family {
    /** What the guest hypervisor does with the nested tables of a guest that ended. */
    public enum TearDown {
        /** It zeroes every page at once, the top table first. */
        ZEROING("zeroing"),
        /** It writes nothing. */
        LAZY("lazy"),
        /** It clears the present entries, the lowest level first. */
        BOTTOM_UP("bottom-up");

        private final String word;

        TearDown(String word) {
            this.word = word;
        }

        /**
         * The constant for a word of an experiment file.
         *
         * @throws IllegalArgumentException if there is none
         */
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public static TearDown of(String word) {
            return Words.find("tear-down", values(), TearDown::toString, word);
        }

        @JsonValue
        @Override
        public String toString() {
            return word;
        }
    }

    private static final long MOST_PAGES = 1L << 22;
    private static final int WORDS = 512;

    /**
     * Fills in defaults.
     *
     * @throws IllegalArgumentException if a value cannot be
     */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public BootStorm(
            @JsonProperty("guests") @Nullable Integer guests,
            @JsonProperty("boots") @Nullable Integer boots,
            @JsonProperty("guest-memory") @Nullable MemorySize guestMemory,
            @JsonProperty("stride") @Nullable Integer stride,
            @JsonProperty("map-ahead") @Nullable Integer mapAhead,
            @JsonProperty("tear-down") @Nullable TearDown tearDown) {
        this.guests = ValueProblem.within("guests", guests, 4, 1, 64);
        this.boots = ValueProblem.within("boots", boots, 10, 1, 10_000);
        this.guestMemory = FamilyKeys.size("guest-memory", guestMemory, MemorySize.mib(256), MOST_PAGES);
        this.stride = powerOfTwo("stride", stride, 1);
        this.mapAhead = powerOfTwo("map-ahead", mapAhead, WORDS);
        this.tearDown = tearDown == null ? TearDown.ZEROING : tearDown;
    }

    private static int powerOfTwo(String key, @Nullable Integer value, int byDefault) {
        if (value != null && (value < 1 || value > WORDS || Integer.bitCount(value) != 1)) {
            throw new ValueProblem(key, "'" + key + "' must be a power of two from 1 to 512, not " + value);
        }
        return value == null ? byDefault : value;
    }

    @Override
    public String word() {
        return "boot-storm";
    }

    @Override
    public String description() {
        return "a guest hypervisor under which nested guests boot, write to their memory and end";
    }

    @Override
    public Family byDefault() {
        return new BootStorm(null, null, null, null, null, null);
    }

    /** Virtual CPUs of the guest hypervisor. */
    @Override
    public Integer vcpus() {
        return guests;
    }
}
