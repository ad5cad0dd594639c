package org.shadowmmu.lab.recording;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.recording.Verification.Different;
import org.shadowmmu.lab.recording.Verification.Equal;
import org.shadowmmu.lab.recording.Verification.LeftOut;
import org.shadowmmu.lab.recording.Verification.Malformed;
import org.shadowmmu.lab.recording.Verification.Unsupported;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays one recording on a machine under test and compares, in order, every event, result, statistics and dump line and
 * the final memory. Safe for use by several threads; each recording gets its own machine.
 */
public final class RecordingVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(RecordingVerifier.class);

    private final RecordedMachineFactory factory;
    private final boolean audit;
    private final Predicate<RecordingHeader> wanted;

    /**
     * Makes a verifier.
     *
     * @param factory makes the machines
     * @param audit whether the machine checks its invariants after every operation
     * @param wanted which recordings to compare
     */
    public RecordingVerifier(RecordedMachineFactory factory, boolean audit, Predicate<RecordingHeader> wanted) {
        this.factory = factory;
        this.audit = audit;
        this.wanted = wanted;
    }

    /** Compares a recording that reports call {@code name}. */
    public Verification verify(Path file, String name) {
        try (RecordingReader reader = RecordingReader.open(file, name)) {
            return verify(reader, name);
        } catch (MalformedRecordingException e) {
            return new Malformed(name, String.valueOf(e.getMessage()));
        }
    }

    /** Compares a recording from its first operation on. */
    public Verification verify(RecordingReader reader, String name) {
        if (!wanted.test(reader.header())) {
            return new LeftOut(name);
        }
        RecordedMachine machine;
        try {
            machine = factory.create(reader.header());
        } catch (UnsupportedModeException e) {
            return new Unsupported(name, e.mode());
        } catch (RuntimeException e) {
            return notMade(reader, name, e);
        }
        return new Replay(reader, machine).run(name);
    }

    /** One recording under way. */
    private final class Replay {
        private final RecordingReader reader;
        private final RecordedMachine machine;
        private final LineBuffer lines = new LineBuffer();
        private final LineBuffer violations = new LineBuffer();
        private final OpComparison comparison;
        private long equalEvents;

        Replay(RecordingReader reader, RecordedMachine machine) {
            this.reader = reader;
            this.machine = machine;
            this.comparison = new OpComparison(reader, lines);
        }

        Verification run(String name) {
            @Nullable Difference difference = replay();
            if (difference == null) {
                return new Equal(name, reader.operations(), reader.events(), comparison.tolerated());
            }
            long compared = reader.operations();
            while (reader.next()) {
                // Only counted, and checked for form.
            }
            return new Different(name, reader.operations(), reader.events(), equalEvents, compared, difference);
        }

        private @Nullable Difference replay() {
            while (reader.next()) {
                @Nullable Difference difference = operation();
                equalEvents += comparison.equalEvents();
                if (difference != null) {
                    return difference;
                }
            }
            return step(true);
        }

        private @Nullable Difference operation() {
            @Nullable Difference difference = step(false);
            if (difference == null && audit) {
                violations.clear();
                try {
                    machine.audit(violations);
                } catch (RuntimeException | AssertionError | StackOverflowError e) {
                    return failed(e, false);
                }
                if (violations.lines() > 0) {
                    return comparison.complaint("invariant violated", lines(violations));
                }
            }
            return difference;
        }

        private @Nullable Difference step(boolean atEnd) {
            lines.clear();
            try {
                if (atEnd) {
                    machine.finalMemory(lines);
                } else {
                    machine.execute(reader.op(), lines);
                }
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                return failed(e, atEnd);
            }
            return comparison.compare(atEnd);
        }

        private Difference failed(Throwable failure, boolean atEnd) {
            return comparison.failure(atEnd, describe(failure));
        }
    }

    private static String describe(Throwable failure) {
        LOG.debug("The machine failed", failure);
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? failure.toString() : failure + " at " + trace[0];
    }

    private static Verification notMade(RecordingReader reader, String name, RuntimeException failure) {
        while (reader.next()) {
            // Only counted, and checked for form.
        }
        Difference difference = new Difference(
                0,
                1,
                "machine failed",
                "making the machine",
                0,
                List.of(),
                null,
                describe(failure),
                List.of(),
                List.of());
        return new Different(name, reader.operations(), reader.events(), 0, 0, difference);
    }

    private static List<String> lines(LineBuffer buffer) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < buffer.lines(); i++) {
            lines.add(buffer.line(i));
        }
        return lines;
    }
}
