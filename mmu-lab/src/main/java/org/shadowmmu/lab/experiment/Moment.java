package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A moment of a workload as experiment files have it.
 *
 * @param kind how it is told
 * @param value number of a marker, or thousandths of the whole, or a reading of the workload's clock
 */
public record Moment(Kind kind, long value) {
    /** How a moment is told. */
    public enum Kind {
        /** The first marker with a number. */
        MARKER,
        /** A share of the whole workload. */
        SHARE,
        /** A reading of its clock: instructions of a recorded stream, accesses of a synthetic workload. */
        CLOCK
    }

    private static final Pattern MARKER = Pattern.compile("marker ([0-9]{1,9})");

    /** A reading of the workload's clock. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Moment of(long clock) {
        if (clock < 0) {
            throw new IllegalArgumentException(must(Long.toString(clock)));
        }
        return new Moment(Kind.CLOCK, clock);
    }

    /**
     * {@code marker 10} or {@code 20 %}.
     *
     * @throws IllegalArgumentException for anything else
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Moment of(String text) {
        Matcher marker = MARKER.matcher(text);
        if (marker.matches()) {
            return new Moment(Kind.MARKER, Long.parseLong(marker.group(1)));
        }
        Quantity quantity = Quantity.parse(text);
        if (quantity != null && quantity.kind() == Quantity.Kind.SHARE && quantity.amount() <= 1000) {
            return new Moment(Kind.SHARE, quantity.amount());
        }
        throw new IllegalArgumentException(must("'" + text + "'"));
    }

    private static String must(String not) {
        return "a moment must be a marker such as 'marker 10', a share such as '20 %' or a whole number of the workload's"
                + " instructions (synthetic: accesses), not " + not;
    }

    @JsonValue
    @Override
    public String toString() {
        return switch (kind) {
            case MARKER -> "marker " + value;
            case SHARE -> new Share((int) value).toString();
            case CLOCK -> Long.toString(value);
        };
    }
}
