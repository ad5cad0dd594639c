package org.shadowmmu.lab.recording;

/** A machine under test: it carries out the operations of a recording and writes what a recorded kernel would have shown. */
public interface RecordedMachine {
    /**
     * Carries out one operation, in order from 0, and appends what a recording has after the operation line: events, one
     * result line, the {@code stat} line if a statistic changed, and dump lines; each with its two leading spaces.
     */
    void execute(RecordedOp op, LineBuffer out);

    /** Appends the {@code final GPA VALUE} lines of the header's final range, in ascending order, after the last operation. */
    void finalMemory(LineBuffer out);

    /**
     * Checks the machine's named invariants and appends one line per violation. Called after every operation when the
     * user asks for an audit.
     */
    default void audit(LineBuffer violations) {}
}
