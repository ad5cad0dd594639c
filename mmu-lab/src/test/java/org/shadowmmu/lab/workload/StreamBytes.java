package org.shadowmmu.lab.workload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Writes a stream file for a test, record by record, as {@code FORMAT.md} says. */
public final class StreamBytes {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Map<Integer, long[]> predictors = new HashMap<>();
    private ByteArrayOutputStream window = new ByteArrayOutputStream();
    private long[] last = new long[20];
    private int vcpu;
    private long instructions;
    private long accesses;
    private int entries = -1;

    /** Starts a stream. */
    public StreamBytes() {
        this(
                "{\"format\": \"gpas\", \"version\": 1, \"name\": \"test\", \"description\": \"a test\", \"kernel\": \"6.1\"}");
    }

    /** Starts a stream with another first line. */
    public StreamBytes(String header) {
        body.writeBytes((header + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Appends a slot change. */
    public StreamBytes slot(
            SlotChange.Operation operation, int space, long gfn, long pages, int flags, String block, long blockPage) {
        endWindow();
        raw(1, operation.ordinal(), space, gfn, pages, flags, blockPage, 7, 0, block.length());
        body.writeBytes(block.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /** Begins a window. */
    public StreamBytes window(int cpu, long executed) {
        endWindow();
        vcpu = cpu;
        instructions = executed;
        accesses = executed / 3;
        entries = 0;
        window = new ByteArrayOutputStream();
        last = predictors.computeIfAbsent(cpu, key -> new long[20]);
        return this;
    }

    /** Appends an access to the window. */
    public StreamBytes access(EntryKind kind, long gfn) {
        int predictor = Math.max(0, kind.ordinal() - 1);
        long delta = gfn - last[predictor];
        last[predictor] = gfn;
        return entry(zigzag(delta) << 3 | kind.ordinal());
    }

    /** Appends an access by virtual page to the window of a stream with virtual addresses. */
    public StreamBytes virtualAccess(EntryKind kind, long gfn, long page) {
        int predictor = Math.max(0, kind.ordinal() - 1);
        long delta = gfn - last[predictor];
        last[predictor] = gfn;
        int of = (int) (page >>> 32) & 15;
        long pageDelta = page - last[4 + of];
        last[4 + of] = page;
        return entry(zigzag(delta) << 3 | kind.ordinal(), zigzag(pageDelta) << 4 | of);
    }

    /** Appends a table entry that was walked. */
    public StreamBytes walked(long table, int level, int index, int flags, long target) {
        return table(3, table, level - 1 | (long) index << 2 | (long) flags << 11, target);
    }

    /** Appends a table entry that was written. */
    public StreamBytes written(long table, int index, int flags, long target) {
        return table(4, table, index | (long) flags << 9, target);
    }

    private StreamBytes table(int kind, long table, long word, long target) {
        long delta = table - last[2];
        last[2] = table;
        long targetDelta = target - last[3];
        last[3] = target;
        return entry(zigzag(delta) << 3 | kind, word, zigzag(targetDelta));
    }

    /** Appends an event to the window. */
    public StreamBytes event(int code, long... argument) {
        entry((long) code << 3 | 7);
        for (long value : argument) {
            varint(window, value);
        }
        return this;
    }

    /** Appends an entry and numbers behind it as they are. */
    public StreamBytes entry(long... numbers) {
        entries++;
        for (long number : numbers) {
            varint(window, number);
        }
        return this;
    }

    /** Ends the window and appends numbers as they are. */
    public StreamBytes raw(long... numbers) {
        endWindow();
        for (long number : numbers) {
            varint(body, number);
        }
        return this;
    }

    /** Ends the window and appends bytes as they are. */
    public StreamBytes rawBytes(int... bytes) {
        endWindow();
        for (int value : bytes) {
            body.write(value);
        }
        return this;
    }

    /** The unpacked bytes. */
    public byte[] unpacked() {
        endWindow();
        return body.toByteArray();
    }

    /** The file. */
    public byte[] packed() {
        return pack(unpacked());
    }

    static byte[] pack(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /** Writes the file. */
    public Path write(Path file) {
        try {
            return Files.write(file, packed());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void endWindow() {
        if (entries < 0) {
            return;
        }
        for (long number : new long[] {0, vcpu, instructions, accesses, entries}) {
            varint(body, number);
        }
        body.writeBytes(window.toByteArray());
        entries = -1;
    }

    private static void varint(ByteArrayOutputStream out, long number) {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
