package org.shadowmmu.lab.recording;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the lines of one operation. When all bytes are equal, as they nearly always are, nothing is allocated and no
 * line is looked at; otherwise it goes line by line.
 */
final class OpComparison {
    private static final int LINES_BEFORE = 6;
    private static final int LINES_AFTER = 3;

    private final RecordingReader reader;
    private final LineBuffer actual;
    private long tolerated;
    private int equalEvents;
    private int equalLines;

    OpComparison(RecordingReader reader, LineBuffer actual) {
        this.reader = reader;
        this.actual = actual;
    }

    /** Statistics that differed within the tolerance so far. */
    long tolerated() {
        return tolerated;
    }

    /** Events of the last operation compared that were equal before its first difference. */
    int equalEvents() {
        return equalEvents;
    }

    /** Compares the current operation of the reader, or the final memory behind the last one. */
    @Nullable Difference compare(boolean atEnd) {
        if (Arrays.equals(reader.bytes(), reader.from(), reader.to(), actual.bytes(), 0, actual.length())) {
            equalEvents = reader.opEvents();
            return null;
        }
        return compareLines(atEnd);
    }

    /** A difference behind the lines of the current operation, all equal: the machine's own complaint. */
    Difference complaint(String kind, List<String> complaint) {
        equalLines = actual.lines();
        return difference(kind, false, 0, null, complaint.get(0), List.of(), complaint.subList(1, complaint.size()));
    }

    /** The machine failed in the current operation or, at the end, in the final memory; its lines may be incomplete. */
    Difference failure(boolean atEnd, String failure) {
        @Nullable Difference found = compareLines(atEnd);
        if (found == null) {
            return difference("machine failed", atEnd, 0, null, failure, List.of(), List.of());
        }
        if (found.actual() == null) {
            return difference("machine failed", atEnd, 0, found.expected(), failure, found.expectedAfter(), List.of());
        }
        List<String> after = new ArrayList<>(found.actualAfter());
        after.add("then the machine failed: " + failure);
        return difference(found.kind(), atEnd, 0, found.expected(), found.actual(), found.expectedAfter(), after);
    }

    private @Nullable Difference compareLines(boolean atEnd) {
        byte[] bytes = reader.bytes();
        if (actual.isOpen()) {
            actual.endLine();
        }
        boolean tolerant = !atEnd && StatTolerance.applies(reader.header(), reader.op());
        equalEvents = 0;
        equalLines = 0;
        int ignored = 0;
        int at = reader.from();
        int line = 0;
        while (at < reader.to()) {
            int end = lineEnd(at);
            if (!atEnd && IgnoredEvents.ignores(bytes, at, end)) {
                ignored++;
                at = end + 1;
                continue;
            }
            RecordingLine kind = atEnd ? RecordingLine.FINAL : RecordingLine.of(bytes, at, end);
            if (line == actual.lines() || !equal(kind, at, end, line, tolerant)) {
                return difference(atEnd, kind, at, line, ignored);
            }
            if (kind == RecordingLine.EVENT) {
                equalEvents++;
            }
            at = end + 1;
            line++;
            equalLines++;
        }
        if (line < actual.lines()) {
            RecordingLine kind = atEnd
                    ? RecordingLine.FINAL
                    : RecordingLine.of(actual.bytes(), actual.start(line), actual.end(line));
            return difference(atEnd, kind, at, line, ignored);
        }
        return null;
    }

    private boolean equal(RecordingLine kind, int from, int to, int line, boolean tolerant) {
        byte[] expected = reader.bytes();
        byte[] bytes = actual.bytes();
        int actualFrom = actual.start(line);
        int actualTo = actual.end(line);
        if (Arrays.equals(expected, from, to, bytes, actualFrom, actualTo)) {
            return true;
        }
        if (kind != RecordingLine.STAT || RecordingLine.of(bytes, actualFrom, actualTo) != RecordingLine.STAT) {
            return false;
        }
        return switch (StatLines.compare(expected, from, to, bytes, actualFrom, actualTo, tolerant)) {
            case EQUAL -> true;
            case WITHIN_TOLERANCE -> {
                tolerated++;
                yield true;
            }
            case DIFFERENT -> false;
        };
    }

    private Difference difference(boolean atEnd, RecordingLine kind, int at, int line, int ignored) {
        @Nullable String expected = null;
        int next = at;
        if (at < reader.to()) {
            int end = lineEnd(at);
            expected = text(at, end);
            next = end + 1;
        }
        @Nullable String found = line < actual.lines() ? actual.line(line) : null;
        List<String> expectedAfter = new ArrayList<>();
        while (next < reader.to() && expectedAfter.size() < LINES_AFTER) {
            int end = lineEnd(next);
            if (atEnd || !IgnoredEvents.ignores(reader.bytes(), next, end)) {
                expectedAfter.add(text(next, end));
            }
            next = end + 1;
        }
        List<String> actualAfter = new ArrayList<>();
        for (int i = line + 1; i < actual.lines() && actualAfter.size() < LINES_AFTER; i++) {
            actualAfter.add(actual.line(i));
        }
        return difference(kind.text(), atEnd, ignored, expected, found, expectedAfter, actualAfter);
    }

    private Difference difference(
            String kind,
            boolean atEnd,
            int ignored,
            @Nullable String expected,
            @Nullable String found,
            List<String> expectedAfter,
            List<String> actualAfter) {
        List<String> before = new ArrayList<>();
        for (int i = Math.max(0, equalLines - LINES_BEFORE); i < equalLines; i++) {
            before.add(actual.line(i));
        }
        return new Difference(
                atEnd ? -1 : reader.op().number(),
                reader.firstLine() + equalLines + ignored,
                kind,
                atEnd ? "guest memory after operation " + reader.operations() : reader.opText(),
                equalLines,
                List.copyOf(before),
                expected,
                found,
                List.copyOf(expectedAfter),
                List.copyOf(actualAfter));
    }

    private int lineEnd(int from) {
        byte[] bytes = reader.bytes();
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    private String text(int from, int to) {
        return new String(reader.bytes(), from, to - from, StandardCharsets.US_ASCII);
    }
}
