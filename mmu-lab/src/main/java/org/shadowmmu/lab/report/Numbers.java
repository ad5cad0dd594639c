package org.shadowmmu.lab.report;

import java.util.List;
import java.util.Locale;
import org.shadowmmu.lab.store.Metric;

/** Numbers and lists as people read them; the same in every locale. */
final class Numbers {
    private static final List<String> WORDS =
            List.of("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    private static final List<String> TIMES = List.of("ns", "\u00b5s", "ms", "s");

    private Numbers() {}

    /** A number with thousands separators; one decimal if it is not whole. */
    static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, "%,.1f", value);
    }

    /** A figure: a time with the unit that suits it, anything else as {@link #plain}. */
    static String figure(Metric metric, double value) {
        return metric.unit().equals("ns") ? time(value) : plain(value);
    }

    /** Nanoseconds as people read them, to three digits: {@code 812 ns}, {@code 35.2 ms}, {@code 1,234 s}. */
    static String time(double nanos) {
        double value = nanos;
        int unit = 0;
        while (value >= 999.5 && unit < TIMES.size() - 1) {
            value /= 1000;
            unit++;
        }
        String format = unit == 0 || value >= 99.95 ? "%,.0f" : value >= 9.995 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value) + " " + TIMES.get(unit);
    }

    /** A difference in percent with its sign, such as {@code -37.2 %}; {@code same} if there is none. */
    static String difference(double value, double reference) {
        if (value == reference) {
            return "same";
        }
        if (reference == 0) {
            return "from 0";
        }
        double percent = 100 * (value - reference) / reference;
        if (Math.abs(percent) < 0.05) {
            return percent < 0 ? "-<0.1 %" : "+<0.1 %";
        }
        return String.format(Locale.ROOT, Math.abs(percent) < 1000 ? "%+.1f %%" : "%+,.0f %%", percent);
    }

    /** A difference in words, such as {@code 37.2 % fewer}. */
    static String fewerOrMore(double value, double reference) {
        String difference = difference(value, reference);
        return switch (difference.charAt(0)) {
            case '-' -> difference.substring(1) + " fewer";
            case '+' -> difference.substring(1) + " more";
            default -> difference.equals("same") ? "as many" : plain(value) + " instead of none";
        };
    }

    /** A short form for axes: {@code 190k}, {@code 2.5M}. */
    static String shortened(double value) {
        if (value >= 1e9) {
            return trimmed(value / 1e9) + "G";
        }
        if (value >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return value >= 1e4 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    /** A number with as few decimals as it needs, at most two. */
    static String trimmed(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** Small numbers as words. */
    static String word(int value) {
        return value >= 0 && value < WORDS.size() ? WORDS.get(value) : Integer.toString(value);
    }

    /** {@code a, b and c}. */
    static String list(List<String> items) {
        int last = items.size() - 1;
        return last <= 0
                ? String.join("", items)
                : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }

    /** The text with a capital first letter. */
    static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
