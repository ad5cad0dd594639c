package org.shadowmmu.lab.recording;

import java.nio.charset.StandardCharsets;

/** Numbers and words of recordings, read from ASCII bytes without allocation. */
final class Syntax {
    private Syntax() {}

    /** What is wrong with a piece of text; the reader adds file and line. */
    static final class SyntaxException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SyntaxException(String message) {
            super(message);
        }
    }

    /** Where the word that starts at {@code from} ends. */
    static int wordEnd(byte[] line, int from, int to) {
        int at = from;
        while (at < to && line[at] != ' ') {
            at++;
        }
        return at;
    }

    /** Whether a C-style number is written in hexadecimal. */
    static boolean isHex(byte[] line, int from, int to) {
        return to - from > 1 && line[from] == '0' && line[from + 1] == 'x';
    }

    /** An unsigned C-style number that fills the range: {@code 0x..} or decimal. */
    static long number(byte[] line, int from, int to) {
        return isHex(line, from, to) ? bareHex(line, from, to, from + 2) : decimal(line, from, to);
    }

    /** An unsigned hexadecimal number without prefix that fills the range. */
    static long bareHex(byte[] line, int from, int to) {
        return bareHex(line, from, to, from);
    }

    private static long bareHex(byte[] line, int from, int to, int digits) {
        if (digits == to || to - digits > 16) {
            throw notANumber(line, from, to, "a hexadecimal number of 1 to 16 digits");
        }
        long value = 0;
        for (int at = digits; at < to; at++) {
            int c = line[at];
            int digit;
            if (c >= '0' && c <= '9') {
                digit = c - '0';
            } else if (c >= 'a' && c <= 'f') {
                digit = c - 'a' + 10;
            } else {
                throw notANumber(line, from, to, "a hexadecimal number");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** A non-negative decimal number that fills the range. */
    static long decimal(byte[] line, int from, int to) {
        if (from == to || to - from > 18) {
            throw notANumber(line, from, to, "a number");
        }
        long value = 0;
        for (int at = from; at < to; at++) {
            int digit = line[at] - '0';
            if (digit < 0 || digit > 9) {
                throw notANumber(line, from, to, "a number");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Bytes as text fit for a sentence: other than printable ASCII becomes {@code ?}, and it is not too long. */
    static String show(byte[] line, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int at = from; at < to; at++) {
            if (at - from == 120) {
                return text.append("...").toString();
            }
            text.append(line[at] >= ' ' && line[at] < 127 ? (char) line[at] : '?');
        }
        return text.toString();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static boolean startsWith(byte[] line, int from, int to, byte[] prefix) {
        if (to - from < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (line[from + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static SyntaxException notANumber(byte[] line, int from, int to, String expected) {
        return new SyntaxException("expected " + expected + ", found '" + show(line, from, to) + "'");
    }
}
