package org.shadowmmu.lab.time;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * What a primitive costs and how much that figure is worth.
 *
 * @param nanos nanoseconds, 0 or more
 * @param kind how much it is worth
 * @param range lowest and highest figure that the sources allow, in nanoseconds; empty if they give none
 * @param fittedOn the claims whose published figures fixed it
 * @param source where it comes from
 */
public record Price(double nanos, Kind kind, List<Double> range, List<String> fittedOn, String source) {
    /** How much a figure is worth. */
    public enum Kind {
        /** Fitted on a published result, which is therefore no prediction. */
        @JsonProperty("fitted")
        FITTED,
        /** Published as it is. */
        @JsonProperty("published")
        PUBLISHED,
        /** An engineer's estimate. */
        @JsonProperty("estimated")
        ESTIMATED,
        /** Given by the user. */
        @JsonProperty("given")
        GIVEN;

        /** The word in files and tables. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The cost as text: whole nanoseconds, or as many digits as there are. */
    public String text() {
        return text(nanos);
    }

    /** Nanoseconds as text. */
    public static String text(double nanos) {
        return nanos == Math.rint(nanos)
                ? String.format(Locale.ROOT, "%,.0f", nanos)
                : BigDecimal.valueOf(nanos).toPlainString();
    }

    /** The range as text; empty if there is none. */
    public String rangeText() {
        return range.isEmpty() ? "" : text(range.get(0)) + " to " + text(range.get(1));
    }
}
