package org.shadowmmu.lab.report;

import java.util.List;
import java.util.Locale;

/** Numbers and lists as people read them; the same in every locale. */
final class Numbers {
    private static final List<String> WORDS =
            List.of("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

    private Numbers() {}

    /** A number with thousands separators; one decimal if it is not whole. */
    static String plain(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, "%,.1f", value);
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
