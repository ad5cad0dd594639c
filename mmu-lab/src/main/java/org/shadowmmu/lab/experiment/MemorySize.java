package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * An amount of memory as experiment files have it: {@code 512 MiB}.
 *
 * @param pages in 4 KiB pages, 1 or more
 */
public record MemorySize(long pages) {
    private static final int PAGE = 4096;
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};
    private static final int KIB_PER_PAGE = 4;

    /** So many MiB. */
    static MemorySize mib(long amount) {
        return new MemorySize(amount << 8);
    }

    /**
     * An amount with its unit.
     *
     * @throws IllegalArgumentException if it is no size, or no whole number of pages
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static MemorySize of(String text) {
        Quantity quantity = Quantity.parse(text);
        if (quantity == null
                || quantity.kind() != Quantity.Kind.SIZE
                || quantity.amount() < PAGE
                || quantity.amount() % PAGE != 0) {
            throw new IllegalArgumentException(
                    "a size of memory must be a number of whole 4 KiB pages with B, KiB, MiB, GiB or TiB behind it, such"
                            + " as '64 MiB', not '" + text + "'");
        }
        return new MemorySize(quantity.amount() / PAGE);
    }

    /** Refuses a number: it would not say of what. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static MemorySize of(long number) {
        throw new IllegalArgumentException("a size of memory needs a unit, such as '" + number + " MiB'");
    }

    /** With the largest unit that gives a whole number. */
    @JsonValue
    @Override
    public String toString() {
        long amount = pages * KIB_PER_PAGE;
        int unit = 0;
        while (unit < UNITS.length - 1 && amount % 1024 == 0) {
            amount /= 1024;
            unit++;
        }
        return amount + " " + UNITS[unit];
    }
}
