package org.shadowmmu.lab.recording;

import java.util.Arrays;
import org.shadowmmu.lab.recording.Syntax.SyntaxException;

/** Compares two {@code stat} lines as sets of name and change. */
final class StatLines {
    private static final int PREFIX = "  stat ".length();

    /** How two lines compare. */
    enum Outcome {
        EQUAL,
        WITHIN_TOLERANCE,
        DIFFERENT
    }

    private StatLines() {}

    /** Compares a recorded line and the machine's; with {@code tolerant}, as {@link StatTolerance} allows. */
    static Outcome compare(
            byte[] expected, int from, int to, byte[] actual, int actualFrom, int actualTo, boolean tolerant) {
        if (words(expected, from, to) != words(actual, actualFrom, actualTo)) {
            return Outcome.DIFFERENT;
        }
        Outcome outcome = Outcome.EQUAL;
        int at = from + PREFIX;
        while (at < to) {
            int end = Syntax.wordEnd(expected, at, to);
            int name = nameEnd(expected, at, end);
            int other = find(expected, at, name, actual, actualFrom + PREFIX, actualTo);
            if (other < 0) {
                return Outcome.DIFFERENT;
            }
            int otherEnd = Syntax.wordEnd(actual, other, actualTo);
            if (!Arrays.equals(expected, at, end, actual, other, otherEnd)) {
                if (!tolerant || !allowed(expected, at, name, end, actual, other + name - at, otherEnd)) {
                    return Outcome.DIFFERENT;
                }
                outcome = Outcome.WITHIN_TOLERANCE;
            }
            at = end + 1;
        }
        return outcome;
    }

    private static boolean allowed(
            byte[] expected, int from, int name, int to, byte[] actual, int otherName, int otherTo) {
        try {
            return StatTolerance.allows(
                    expected, from, name, change(expected, name, to), change(actual, otherName, otherTo));
        } catch (SyntaxException e) {
            return false;
        }
    }

    /** The change in {@code =+5} or {@code =-3}. */
    private static long change(byte[] line, int equals, int to) {
        int sign = equals + 1;
        long amount = Syntax.decimal(line, Math.min(sign + 1, to), to);
        return line[sign] == '-' ? -amount : amount;
    }

    /** Where the word with the same name starts, or -1. */
    private static int find(byte[] name, int from, int to, byte[] line, int lineFrom, int lineTo) {
        int at = lineFrom;
        while (at < lineTo) {
            int end = Syntax.wordEnd(line, at, lineTo);
            if (Arrays.equals(name, from, to, line, at, nameEnd(line, at, end))) {
                return at;
            }
            at = end + 1;
        }
        return -1;
    }

    private static int nameEnd(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != '=') {
            at++;
        }
        return at;
    }

    private static int words(byte[] line, int from, int to) {
        int words = 1;
        for (int at = from + PREFIX; at < to; at++) {
            if (line[at] == ' ') {
                words++;
            }
        }
        return words;
    }
}
