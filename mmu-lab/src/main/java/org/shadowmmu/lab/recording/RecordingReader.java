package org.shadowmmu.lab.recording;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.recording.Syntax.SyntaxException;

/**
 * Reads a recording, plain or gzip, from one end to the other: the header, then operation by operation the lines that
 * follow it, then the final memory. Strict: anything that is not in the format is a {@link MalformedRecordingException}.
 *
 * <p>The lines of one operation stand together in one array, so that they can be compared without being taken apart.
 */
public final class RecordingReader implements AutoCloseable {
    private static final byte[] FINAL = Syntax.ascii("final ");
    private static final byte[] END = Syntax.ascii("end ");
    private static final int FIRST_SIZE = 1 << 18;
    private static final int LONGEST_LINE = 1 << 24;

    private final String name;
    private final InputStream in;
    private final RecordingHeader header;
    private final RecordedOp op = new RecordedOp();
    private byte[] buffer = new byte[FIRST_SIZE];
    private int cursor;
    private int limit;
    private boolean endOfFile;
    private long lineNumber = 1;
    private int lineEnd;

    private long nextNumber;
    private int opFrom;
    private int opTo;
    private long opLine;
    private long blockLine;
    private int blockFrom;
    private int blockTo;
    private int blockEvents;
    private int blockIgnored;
    private long events;
    private long ignored;
    private boolean finished;

    private RecordingReader(String name, InputStream in) {
        this.name = name;
        this.in = in;
        this.header = readHeader();
    }

    /** Opens a recording and reads its header. */
    public static RecordingReader open(Path file) {
        return open(file, file.toString());
    }

    /** Opens a recording that messages call {@code name}, and reads its header. */
    public static RecordingReader open(Path file, String name) {
        @Nullable InputStream in = null;
        try {
            in = Files.newInputStream(file);
            InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
            return new RecordingReader(name, plain);
        } catch (IOException e) {
            closeQuietly(in);
            throw new MalformedRecordingException(name + ": expected a recording, " + reason(e) + ".", e);
        } catch (MalformedRecordingException e) {
            closeQuietly(in);
            throw e;
        }
    }

    /** Reads a recording from a stream that messages call {@code name}. */
    public static RecordingReader of(InputStream in, String name) {
        return new RecordingReader(name, in);
    }

    /** The header. */
    public RecordingHeader header() {
        return header;
    }

    /** Moves to the next operation and its lines; false when the file has been read to its end. */
    public boolean next() {
        if (finished) {
            return false;
        }
        compact();
        try {
            if (!seekLine()) {
                throw endMissing();
            }
            if (!OpParser.isOp(buffer, cursor, lineEnd)) {
                finish();
                return false;
            }
            OpParser.parse(buffer, cursor, lineEnd, op);
            if (op.number() != nextNumber) {
                throw new SyntaxException("expected operation " + nextNumber + ", found operation " + op.number());
            }
            nextNumber++;
            checkReferences();
            opFrom = cursor;
            opTo = lineEnd;
            opLine = lineNumber;
            advance();
            block();
            return true;
        } catch (SyntaxException e) {
            throw at(e);
        }
    }

    /** The current operation; valid until {@link #next}. */
    public RecordedOp op() {
        return op;
    }

    /** The number of the current operation's line in the file. */
    public long opLine() {
        return opLine;
    }

    /** The text of the current operation's line; allocates. */
    public String opText() {
        return new String(buffer, opFrom, opTo - opFrom, StandardCharsets.US_ASCII);
    }

    /** The array that holds the lines of the current operation; after the last operation, those of the final memory. */
    public byte[] bytes() {
        return buffer;
    }

    /** Where the lines start in {@link #bytes}. */
    public int from() {
        return blockFrom;
    }

    /** Where the lines end in {@link #bytes}, behind the last line feed. */
    public int to() {
        return blockTo;
    }

    /** The number in the file of the first of the lines. */
    public long firstLine() {
        return blockLine;
    }

    /** The number of events of the current operation, without those that are ignored. */
    public int opEvents() {
        return blockEvents;
    }

    /** Whether the current operation has lines that a comparison leaves out ({@link IgnoredEvents}). */
    public boolean opHasIgnored() {
        return blockIgnored != 0;
    }

    /** The number of operations read so far; the set-up is not counted. */
    public long operations() {
        return Math.max(0, nextNumber - 1);
    }

    /** The number of events read so far, without those that are ignored. */
    public long events() {
        return events;
    }

    @Override
    public void close() {
        closeQuietly(in);
    }

    private RecordingHeader readHeader() {
        HeaderParser parser = new HeaderParser();
        try {
            // The version comes first, before any comment.
            if (peek() >= 0) {
                findLineEnd();
                parser.line(buffer, cursor, lineEnd);
                advance();
            }
            while (true) {
                if (!seekLine()) {
                    throw endMissing();
                }
                if (OpParser.isOp(buffer, cursor, lineEnd)) {
                    return parser.finish();
                }
                parser.line(buffer, cursor, lineEnd);
                advance();
            }
        } catch (SyntaxException e) {
            throw at(e);
        }
    }

    /** Reads the lines that belong to the operation: events, one result, statistics, dump lines, in this order. */
    private void block() {
        blockLine = lineNumber;
        blockFrom = cursor;
        blockEvents = 0;
        blockIgnored = 0;
        RecordingLine last = RecordingLine.EVENT;
        int results = 0;
        while (peek() == ' ') {
            findLineEnd();
            if (lineEnd - cursor < 3 || buffer[cursor + 1] != ' ') {
                throw unexpected("two spaces and an event, a result, statistics or a dump line");
            }
            RecordingLine line = RecordingLine.of(buffer, cursor, lineEnd);
            if (line == RecordingLine.EVENT) {
                countEvent();
            } else if (line == RecordingLine.RESULT) {
                results++;
            }
            if (line.compareTo(last) < 0
                    || (line != RecordingLine.EVENT && results != 1)
                    || (line == last && line == RecordingLine.STAT)) {
                throw unexpected("events, one result, statistics and dump lines in this order");
            }
            LineForm.check(line, buffer, cursor, lineEnd);
            last = line;
            advance();
        }
        blockTo = cursor;
        if (results != 1) {
            throw new SyntaxException(
                    "expected the result of operation " + op.number() + " before this line, found none");
        }
        events += blockEvents;
        ignored += blockIgnored;
    }

    private void countEvent() {
        if (IgnoredEvents.ignores(buffer, cursor, lineEnd)) {
            blockIgnored++;
        } else {
            blockEvents++;
        }
    }

    private void finish() {
        if (nextNumber == 0) {
            throw unexpected("'op 0 SETUP'");
        }
        blockLine = lineNumber;
        blockFrom = cursor;
        blockEvents = 0;
        blockIgnored = 0;
        long above = -1;
        boolean first = true;
        while (Syntax.startsWith(buffer, cursor, lineEnd, FINAL)) {
            int from = cursor + FINAL.length;
            int end = Syntax.wordEnd(buffer, from, lineEnd);
            long gpa = Syntax.bareHex(buffer, from, end);
            Syntax.bareHex(buffer, Math.min(end + 1, lineEnd), lineEnd);
            if (!first && Long.compareUnsigned(gpa, above) <= 0) {
                throw unexpected("final lines in ascending order");
            }
            first = false;
            above = gpa;
            advance();
            if (peek() < 0) {
                throw endMissing();
            }
            findLineEnd();
        }
        blockTo = cursor;
        end();
        finished = true;
    }

    private void end() {
        if (!Syntax.startsWith(buffer, cursor, lineEnd, END)) {
            throw unexpected("an operation, a final line or 'end ops=N events=N'");
        }
        String rest = new String(buffer, cursor + END.length, lineEnd - cursor - END.length, StandardCharsets.US_ASCII);
        KeyValues values = new KeyValues(rest);
        long ops = values.number("ops");
        long recorded = values.number("events");
        values.noMore();
        if (ops != operations()) {
            throw new SyntaxException("expected ops=" + operations() + " as read, found ops=" + ops);
        }
        // A recorder may or may not have counted the events that are ignored.
        if (recorded != events && recorded != events + ignored) {
            throw new SyntaxException("expected events=" + (events + ignored) + " as read, found events=" + recorded);
        }
        advance();
        if (peek() >= 0) {
            findLineEnd();
            throw unexpected("nothing after the end line");
        }
    }

    private void checkReferences() {
        if (op.vcpu() >= header.vcpus()) {
            throw new SyntaxException("expected vcpu= below " + header.vcpus() + ", found " + op.vcpu());
        }
        if (op.has(OpKey.BACKING) && header.backing(op.backing()) == null) {
            throw new SyntaxException("expected the id of a backing of the header, found backing=" + op.backing());
        }
        switch (op.kind()) {
            case L2R, L2W, L2X, L2N -> {
                if (header.nested() == null) {
                    throw new SyntaxException("expected a header line 'nested' in a recording with operation "
                            + op.kind() + ", found none");
                }
            }
            case DONTNEED -> checkRange(header.backing(op.backing()));
            default -> {}
        }
    }

    private void checkRange(RecordingHeader.@Nullable Backing backing) {
        long size = backing == null ? 0 : backing.size();
        boolean inside =
                Long.compareUnsigned(op.off(), size) <= 0 && Long.compareUnsigned(op.len(), size - op.off()) <= 0;
        if (!inside || op.len() == 0 || ((op.off() | op.len()) & 4095) != 0) {
            throw new SyntaxException("expected off= and len= to be whole pages inside backing " + op.backing()
                    + ", found off=0x" + Long.toHexString(op.off()) + " len=0x" + Long.toHexString(op.len()));
        }
    }

    /** Finds the next line that is not a comment; false at the end of the file. */
    private boolean seekLine() {
        int first;
        while ((first = peek()) == '#') {
            findLineEnd();
            advance();
        }
        if (first < 0) {
            return false;
        }
        findLineEnd();
        return true;
    }

    /** The first byte of the next line, or -1 at the end of the file. */
    private int peek() {
        while (cursor == limit && !endOfFile) {
            fill();
        }
        return cursor == limit ? -1 : buffer[cursor];
    }

    private void findLineEnd() {
        int at = cursor;
        while (true) {
            byte[] bytes = buffer;
            int to = limit;
            while (at < to && bytes[at] != '\n') {
                at++;
            }
            if (at < to) {
                lineEnd = at;
                return;
            }
            lineEnd = at;
            if (at - cursor > LONGEST_LINE) {
                throw unexpected("a line of at most " + LONGEST_LINE + " characters");
            }
            if (endOfFile) {
                throw unexpected("a line feed at the end of the line, and 'end ops=N events=N' at the end of the file");
            }
            fill();
        }
    }

    private void advance() {
        cursor = lineEnd + 1;
        lineNumber++;
    }

    /** Makes room by dropping what has been read; only between operations, whose lines keep their place. */
    private void compact() {
        if (cursor > buffer.length >> 1) {
            System.arraycopy(buffer, cursor, buffer, 0, limit - cursor);
            limit -= cursor;
            cursor = 0;
        }
    }

    private void fill() {
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        try {
            int count = in.read(buffer, limit, buffer.length - limit);
            if (count < 0) {
                endOfFile = true;
            } else {
                limit += count;
            }
        } catch (IOException e) {
            throw new MalformedRecordingException(
                    name + ":" + lineNumber + ": expected more lines, " + reason(e) + ".", e);
        }
    }

    private SyntaxException unexpected(String expected) {
        return new SyntaxException("expected " + expected + ", found '" + Syntax.show(buffer, cursor, lineEnd) + "'");
    }

    private static SyntaxException endMissing() {
        return new SyntaxException("expected 'end ops=N events=N' as the last line, found the end of the file");
    }

    private MalformedRecordingException at(SyntaxException e) {
        return new MalformedRecordingException(name + ":" + lineNumber + ": " + e.getMessage() + ".", e);
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "found no such file";
        }
        String message = e.getMessage();
        return "but reading failed: " + (message == null ? e.getClass().getSimpleName() : message);
    }

    private static void closeQuietly(@Nullable InputStream in) {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                // Nothing was written: there is nothing to lose.
            }
        }
    }
}
