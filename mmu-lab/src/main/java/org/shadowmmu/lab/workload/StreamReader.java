package org.shadowmmu.lab.workload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a recorded stream of guest memory accesses ({@code .gpas.gz}, see {@code data/streams/FORMAT.md}) from begin to
 * end and hands its records to a {@link StreamVisitor}. Never holds more than a buffer of the file; allocates nothing per
 * entry; refuses a damaged file with the byte at which it found the damage.
 */
public final class StreamReader {
    private static final int WINDOW = 0;
    private static final int SLOT_CHANGE = 1;
    private static final int END = 2;

    private static final int KIND_TABLE_READ = 3;
    private static final int KIND_TABLE_WRITE = 4;
    private static final int KIND_EVENT = 7;

    private static final long MAX_GFN = (1L << 40) - 1;
    private static final int MAX_VCPUS = 1024;

    /** Positions of the predictors: data, fetch, table, target of an entry, then 16 classes of virtual pages. */
    private static final int DATA = 0;

    private static final int FETCH = 1;
    private static final int TABLE = 2;
    private static final int TARGET = 3;
    private static final int CLASSES = 4;
    private static final int PREDICTORS = CLASSES + 16;

    private final StreamInput in;
    private final StreamVisitor visitor;
    private final long[] @Nullable [] predictors = new long[MAX_VCPUS] @Nullable [];

    private StreamReader(StreamInput in, StreamVisitor visitor) {
        this.in = in;
        this.visitor = visitor;
    }

    /**
     * Reads a whole file.
     *
     * @throws StreamFormatException if the file is damaged or of another format
     * @throws BadInputException if the file cannot be read
     */
    public static void read(Path file, StreamVisitor visitor) {
        try (InputStream packed = Files.newInputStream(file)) {
            read(nameOf(file), packed, visitor);
        } catch (NoSuchFileException e) {
            throw new BadInputException("There is no stream file " + file + ".", e);
        } catch (IOException e) {
            throw new BadInputException("The stream file " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Reads gzip data to its end; {@code fileName} is for messages. */
    static void read(String fileName, InputStream packed, StreamVisitor visitor) throws IOException {
        new StreamReader(new StreamInput(fileName, packed), visitor).readAll();
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private void readAll() throws IOException {
        StreamHeader header = header();
        visitor.header(header);
        while (!in.atEnd()) {
            long record = in.number();
            if (record == WINDOW) {
                window(header.gva());
            } else if (record == SLOT_CHANGE) {
                slotChange();
            } else if (record == END) {
                if (!in.atEnd()) {
                    throw in.damaged("there are bytes behind the end of the stream");
                }
            } else {
                throw in.damaged("there is no record of kind " + Long.toUnsignedString(record));
            }
        }
    }

    private StreamHeader header() throws IOException {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(in.line());
        } catch (JacksonException e) {
            throw in.damaged("its first line is no JSON");
        }
        if (!json.path("format").asString("").equals("gpas")
                || json.path("version").asInt(0) != 1) {
            throw in.damaged("its first line does not announce format \"gpas\", version 1");
        }
        return new StreamHeader(
                json.path("name").asString(""),
                json.path("description").asString(""),
                json.path("qemu").asString(""),
                json.path("kernel").asString(""),
                json.path("qemu_args").asString(""),
                json.path("gva").asBoolean(false));
    }

    private void slotChange() throws IOException {
        in.require();
        SlotChange.Operation operation = SlotChange.Operation.values()[(int) in.number("a slot operation", 3)];
        int addressSpace = (int) in.number("an address space", 1);
        long gfn = in.number("a frame number", MAX_GFN);
        long pages = in.number("a slot size", MAX_GFN);
        int flags = (int) in.number("a set of slot flags", 7);
        long blockPage = in.number("a position in a RAM block", MAX_GFN);
        long transaction = in.number("a transaction number", Long.MAX_VALUE);
        int vcpu = (int) in.number("a virtual CPU number", MAX_VCPUS) - 1;
        int length = (int) in.number("the length of a RAM block name", StreamInput.SLACK);
        in.checkNotPastEnd();
        if (pages == 0) {
            throw in.damaged("a slot has no pages");
        }
        String block = in.text(length);
        visitor.slotChange(
                new SlotChange(operation, addressSpace, gfn, pages, flags, blockPage, transaction, vcpu, block));
    }

    private void window(boolean gva) throws IOException {
        in.require();
        int vcpu = (int) in.number("a virtual CPU number", MAX_VCPUS - 1);
        long instructions = in.number("a number of instructions", Long.MAX_VALUE);
        long accesses = in.number("a number of accesses", Long.MAX_VALUE);
        long entries = in.number("a number of entries", Long.MAX_VALUE);
        in.checkNotPastEnd();
        long[] last = predictors[vcpu];
        if (last == null) {
            last = new long[PREDICTORS];
            predictors[vcpu] = last;
        }
        visitor.windowBegins(vcpu, instructions, accesses);
        if (gva) {
            virtualEntries(entries, last);
        } else {
            entries(entries, last);
        }
        visitor.windowEnds();
    }

    private void entries(long count, long[] last) throws IOException {
        StreamInput input = in;
        StreamVisitor to = visitor;
        for (long i = 0; i < count; i++) {
            input.require();
            long entry = input.number();
            int kind = (int) entry & 7;
            if (kind <= KIND_TABLE_READ) {
                long gfn = next(last, predictorOf(kind), entry >>> 3);
                input.checkNotPastEnd();
                to.access(EntryKind.of(kind), gfn);
            } else {
                other(kind, entry >>> 3);
            }
        }
    }

    private void virtualEntries(long count, long[] last) throws IOException {
        for (long i = 0; i < count; i++) {
            in.require();
            long entry = in.number();
            int kind = (int) entry & 7;
            if (kind < KIND_TABLE_READ) {
                long gfn = next(last, predictorOf(kind), entry >>> 3);
                long page = in.number();
                int at = CLASSES + ((int) page & 15);
                last[at] += unzigzag(page >>> 4);
                in.checkNotPastEnd();
                visitor.virtualAccess(EntryKind.of(kind), gfn, last[at]);
            } else if (kind <= KIND_TABLE_WRITE) {
                long table = next(last, TABLE, entry >>> 3);
                long word = in.number();
                long target = last[TARGET] + unzigzag(in.number());
                last[TARGET] = target;
                in.checkNotPastEnd();
                if (kind == KIND_TABLE_READ) {
                    visitor.entryWalked(
                            table, (int) (word & 3) + 1, (int) (word >>> 2) & 511, (int) (word >>> 11), target);
                } else {
                    visitor.entryWritten(table, (int) word & 511, (int) (word >>> 9), target);
                }
            } else {
                other(kind, entry >>> 3);
            }
        }
    }

    private void other(int kind, long code) {
        if (kind != KIND_EVENT) {
            in.checkNotPastEnd();
            throw in.damaged("there is no entry of kind " + kind + " here");
        }
        GuestEvent event = GuestEvent.of(code);
        if (event == null) {
            throw in.damaged("there is no event " + Long.toUnsignedString(code));
        }
        long argument = event.hasArgument() ? in.number() : 0;
        in.checkNotPastEnd();
        visitor.event(event, argument);
    }

    private static int predictorOf(int kind) {
        return kind < 2 ? DATA : kind - 1;
    }

    private long next(long[] last, int predictor, long zigzag) {
        long gfn = last[predictor] + unzigzag(zigzag);
        if (gfn < 0 || gfn > MAX_GFN) {
            throw in.damaged("a frame number lies outside 0 to " + MAX_GFN);
        }
        last[predictor] = gfn;
        return gfn;
    }

    private static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }
}
