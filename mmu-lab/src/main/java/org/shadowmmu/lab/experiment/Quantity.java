package org.shadowmmu.lab.experiment;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number with its unit as experiment files have it: {@code 64 GiB}, {@code 2 ms}, {@code 20 per 1000}.
 *
 * @param kind what is measured
 * @param amount how much, in bytes, nanoseconds or thousandths
 */
public record Quantity(Kind kind, long amount) {
    /** What is measured. */
    public enum Kind {
        /** Memory, in bytes. */
        SIZE,
        /** Time, in nanoseconds. */
        TIME,
        /** A part of something, in thousandths. */
        SHARE
    }

    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([A-Za-zµ%]+|per [0-9]+)");
    private static final String PER = "per ";
    private static final int THOUSAND = 1000;
    private static final Map<String, Quantity> UNITS = units();

    private static Map<String, Quantity> units() {
        Map<String, Quantity> units = new LinkedHashMap<>();
        String[] sizes = {"B", "KiB", "MiB", "GiB", "TiB"};
        for (int i = 0; i < sizes.length; i++) {
            units.put(sizes[i], new Quantity(Kind.SIZE, 1L << 10 * i));
        }
        long nanoseconds = 1;
        for (String unit : new String[] {"ns", "us", "ms", "s"}) {
            units.put(unit, new Quantity(Kind.TIME, nanoseconds));
            nanoseconds *= THOUSAND;
        }
        units.put("µs", new Quantity(Kind.TIME, THOUSAND));
        units.put("%", new Quantity(Kind.SHARE, 10));
        return units;
    }

    /** What {@code text} says; null if it has not the form of a number with a unit. */
    public static @Nullable Quantity parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return null;
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String unit = matcher.group(2);
        try {
            if (unit.startsWith(PER)) {
                BigDecimal whole = new BigDecimal(unit.substring(PER.length()));
                return new Quantity(
                        Kind.SHARE,
                        number.multiply(BigDecimal.valueOf(THOUSAND))
                                .divide(whole)
                                .longValueExact());
            }
            Quantity one = UNITS.get(unit);
            return one == null
                    ? null
                    : new Quantity(
                            one.kind,
                            number.multiply(BigDecimal.valueOf(one.amount)).longValueExact());
        } catch (ArithmeticException e) {
            return null;
        }
    }
}
