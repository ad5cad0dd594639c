package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A part of something as experiment files have it: {@code 30 %} or {@code 3 per 1000}.
 *
 * @param thousandths 0 to 1000
 */
public record Share(int thousandths) {
    private static final int WHOLE = 1000;
    private static final int PERCENT = 10;

    /**
     * A number with {@code %} or {@code per N} behind it.
     *
     * @throws IllegalArgumentException if it is none, or more than all
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Share of(String text) {
        Quantity quantity = Quantity.parse(text);
        if (quantity == null || quantity.kind() != Quantity.Kind.SHARE || quantity.amount() > WHOLE) {
            throw new IllegalArgumentException(
                    "a share must be a number of whole thousandths such as '30 %' or '3 per 1000', 100 % at most, not '"
                            + text + "'");
        }
        return new Share((int) quantity.amount());
    }

    /** Refuses a number: it would not say of what. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Share of(long number) {
        throw new IllegalArgumentException("a share needs a unit, such as '" + number + " %'");
    }

    /** So much of a number, rounded down. */
    public long of(MemorySize memory) {
        return memory.pages() * thousandths / WHOLE;
    }

    /** As a number from 0 to 1. */
    public double fraction() {
        return thousandths / (double) WHOLE;
    }

    @JsonValue
    @Override
    public String toString() {
        return thousandths % PERCENT == 0 ? thousandths / PERCENT + " %" : thousandths + " per 1000";
    }
}
