package org.shadowmmu.lab.workload;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The unpacked bytes of a stream file as numbers, through a buffer of fixed size, with the position of each for messages.
 *
 * <p>The buffer has {@link #SLACK} zero bytes behind its data. A zero ends every number, so one made of missing bytes is
 * read to its end without a check per byte; {@link #checkNotPastEnd} then finds that it was missing.
 */
final class StreamInput {
    /** The largest number of bytes that may be read between two calls of {@link #require}. */
    static final int SLACK = 128;

    private static final int CAPACITY = 1 << 17;
    private static final int MAX_HEADER = 1 << 16;

    private final String fileName;
    private final InputStream unpacked;
    private final byte[] buffer = new byte[CAPACITY + SLACK];
    private int position;
    private int limit;
    private long bufferOffset;
    private boolean ended;

    /** Opens the gzip data that {@code packed} gives; {@code fileName} is for messages. */
    StreamInput(String fileName, InputStream packed) throws IOException {
        this.fileName = fileName;
        try {
            unpacked = new GZIPInputStream(packed, 1 << 16);
        } catch (EOFException | ZipException e) {
            throw new StreamFormatException(fileName + " is not a gzip file, so it is no recorded stream.", e);
        }
    }

    /** The position of the next byte in the unpacked stream. */
    long offset() {
        return bufferOffset + position;
    }

    /** Makes {@link #SLACK} bytes readable, or all that are left. */
    void require() throws IOException {
        if (limit - position < SLACK && !ended) {
            refill();
        }
    }

    /** Whether every byte was read. */
    boolean atEnd() throws IOException {
        require();
        return position >= limit;
    }

    /** Reads an unsigned LEB128 number. The caller has called {@link #require} for it. */
    long number() {
        byte first = buffer[position++];
        return first >= 0 ? first : longNumber(first);
    }

    private long longNumber(byte first) {
        long value = first & 0x7f;
        for (int shift = 7; shift < 63; shift += 7) {
            byte next = buffer[position++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        byte last = buffer[position++];
        if (last < 0 || last > 1) {
            throw damaged("a number has more than 64 bits");
        }
        return value | (long) last << 63;
    }

    /** Reads a number that must lie between 0 and {@code max}; {@code what} names it in the message. */
    long number(String what, long max) {
        long value = number();
        if (value < 0 || value > max) {
            throw damaged(what + " is " + Long.toUnsignedString(value) + ", more than the " + max + " allowed");
        }
        return value;
    }

    /** Fails if the numbers read last were cut off. */
    void checkNotPastEnd() {
        if (position > limit) {
            position = limit;
            throw damaged("the stream ends in the middle of a record");
        }
    }

    /** Reads {@code length} bytes, at most {@link #SLACK}, as ASCII text. */
    String text(int length) throws IOException {
        require();
        String text = new String(buffer, position, length, StandardCharsets.US_ASCII);
        position += length;
        checkNotPastEnd();
        return text;
    }

    /** Reads the first line, without its end. */
    byte[] line() throws IOException {
        byte[] line = new byte[MAX_HEADER];
        for (int length = 0; length < MAX_HEADER && !atEnd(); length++) {
            byte next = buffer[position++];
            if (next == '\n') {
                return Arrays.copyOf(line, length);
            }
            line[length] = next;
        }
        throw damaged("the header line does not end");
    }

    /** The exception that says what is wrong before the next byte. */
    StreamFormatException damaged(String what) {
        return new StreamFormatException(
                fileName + " is damaged: " + what + " (before byte " + offset() + " of the unpacked stream).");
    }

    private void refill() throws IOException {
        int left = limit - position;
        System.arraycopy(buffer, position, buffer, 0, left);
        bufferOffset += position;
        position = 0;
        limit = left;
        while (limit < SLACK && !ended) {
            int count = unpack();
            if (count < 0) {
                ended = true;
                Arrays.fill(buffer, limit, limit + SLACK, (byte) 0);
            } else {
                limit += count;
            }
        }
    }

    private int unpack() throws IOException {
        try {
            return unpacked.read(buffer, limit, CAPACITY - limit);
        } catch (EOFException e) {
            throw new StreamFormatException(
                    fileName + " is cut off: its gzip data ends after byte " + (bufferOffset + limit)
                            + " of the unpacked stream.",
                    e);
        } catch (ZipException e) {
            throw new StreamFormatException(
                    fileName + " is damaged: its gzip data is wrong (" + e.getMessage() + ") after byte "
                            + (bufferOffset + limit) + " of the unpacked stream.",
                    e);
        }
    }
}
