package org.shadowmmu.lab.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * ASCII lines under construction: one growing array of bytes, nothing allocated per line.
 *
 * <p>Recordings print zero in two ways. Events use {@code 0x%lx}, so zero is {@code 0x0}: {@link #hex}. Results and dump
 * lines use {@code %#lx}, so zero is {@code 0}: {@link #shortHex}. Memory words have no prefix: {@link #bareHex}.
 */
public final class LineBuffer {
    private byte[] bytes = new byte[4096];
    private int length;
    private int[] starts = new int[64];
    private int lines;

    /** Makes an empty buffer. */
    public LineBuffer() {}

    /** Appends ASCII text to the current line. */
    public LineBuffer text(String text) {
        int count = text.length();
        byte[] target = room(count);
        int at = length;
        for (int i = 0; i < count; i++) {
            target[at + i] = (byte) text.charAt(i);
        }
        length = at + count;
        return this;
    }

    /** Appends one ASCII character to the current line. */
    public LineBuffer text(char character) {
        room(1)[length++] = (byte) character;
        return this;
    }

    /** Appends a range of ASCII bytes to the current line. */
    public LineBuffer text(byte[] source, int from, int to) {
        int count = to - from;
        System.arraycopy(source, from, room(count), length, count);
        length += count;
        return this;
    }

    /** Appends an unsigned number as the kernel's {@code 0x%lx}: zero is {@code 0x0}. */
    public LineBuffer hex(long value) {
        byte[] target = room(18);
        target[length++] = '0';
        target[length++] = 'x';
        hexDigits(value);
        return this;
    }

    /** Appends an unsigned number as C's {@code %#lx}: zero is {@code 0}. */
    public LineBuffer shortHex(long value) {
        return value == 0 ? text('0') : hex(value);
    }

    /** Appends an unsigned number in hexadecimal without prefix: zero is {@code 0}. */
    public LineBuffer bareHex(long value) {
        room(16);
        hexDigits(value);
        return this;
    }

    /** Appends a signed number in decimal. */
    public LineBuffer decimal(long value) {
        byte[] target = room(20);
        int at = length;
        if (value >= 0 && value < 10) {
            target[at] = (byte) ('0' + value);
            length = at + 1;
            return this;
        }
        // Digits of the negative number: its range is the larger one.
        long rest = value < 0 ? value : -value;
        if (value < 0) {
            target[at++] = '-';
        }
        int digits = 1;
        for (long limit = rest / 10; limit != 0; limit /= 10) {
            digits++;
        }
        for (int i = at + digits - 1; i >= at; i--) {
            target[i] = (byte) ('0' - rest % 10);
            rest /= 10;
        }
        length = at + digits;
        return this;
    }

    /** Appends a number in decimal with its sign, as in {@code stat} lines: {@code +5}, {@code -3}. */
    public LineBuffer signed(long value) {
        if (value >= 0) {
            text('+');
        }
        return decimal(value);
    }

    /** Ends the current line. */
    public LineBuffer endLine() {
        room(1)[length++] = '\n';
        lines++;
        if (lines == starts.length) {
            starts = Arrays.copyOf(starts, lines * 2);
        }
        starts[lines] = length;
        return this;
    }

    /** Appends the ended lines of another buffer; no line is open. */
    public LineBuffer append(LineBuffer other) {
        for (int line = 0; line < other.lines; line++) {
            text(other.bytes, other.start(line), other.end(line)).endLine();
        }
        return this;
    }

    /** Whether the current line has text and has not been ended. */
    public boolean isOpen() {
        return length > starts[lines];
    }

    /** The number of ended lines. */
    public int lines() {
        return lines;
    }

    /** Where line {@code line} (from 0) starts in {@link #bytes}. */
    public int start(int line) {
        return starts[line];
    }

    /** Where line {@code line} ends in {@link #bytes}, its line feed excluded. */
    public int end(int line) {
        return starts[line + 1] - 1;
    }

    /** Line {@code line} without its line feed; allocates. */
    public String line(int line) {
        return new String(bytes, start(line), end(line) - start(line), StandardCharsets.US_ASCII);
    }

    /** The array that holds the lines; valid until the next append. */
    public byte[] bytes() {
        return bytes;
    }

    /** The number of bytes in use, line feeds included. */
    public int length() {
        return length;
    }

    /** Empties the buffer and keeps its memory. */
    public void clear() {
        length = 0;
        lines = 0;
    }

    /** All lines, each with its line feed; allocates. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }

    private void hexDigits(long value) {
        int digits = value == 0 ? 1 : (67 - Long.numberOfLeadingZeros(value)) >> 2;
        byte[] target = bytes;
        int at = length + digits;
        length = at;
        for (int i = 0; i < digits; i++) {
            int digit = (int) value & 15;
            target[--at] = (byte) (digit < 10 ? '0' + digit : 'a' - 10 + digit);
            value >>>= 4;
        }
    }

    private byte[] room(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
        return bytes;
    }
}
