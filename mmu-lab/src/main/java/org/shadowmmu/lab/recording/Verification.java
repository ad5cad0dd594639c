package org.shadowmmu.lab.recording;

/** What the comparison of one recording found. */
public sealed interface Verification {
    /** The recording, as the user named it. */
    String name();

    /** Whether this leaves nothing to complain about. */
    default boolean clean() {
        return false;
    }

    /**
     * Everything is equal.
     *
     * @param name the recording
     * @param operations operations compared; the set-up is not counted
     * @param events events compared
     * @param tolerated statistics that differed within {@code StatTolerance}
     */
    record Equal(String name, long operations, long events, long tolerated) implements Verification {
        @Override
        public boolean clean() {
            return true;
        }
    }

    /**
     * Something differs.
     *
     * @param name the recording
     * @param operations operations in the recording
     * @param events events in the recording
     * @param equalEvents events before the first difference
     * @param compared operations carried out
     * @param difference the first difference
     */
    record Different(String name, long operations, long events, long equalEvents, long compared, Difference difference)
            implements Verification {}

    /** The recording needs a mode that is not built yet. */
    record Unsupported(String name, String mode) implements Verification {}

    /** The recording cannot be used; the sentence says why. */
    record Malformed(String name, String sentence) implements Verification {}

    /** The user's filters leave the recording out. */
    record LeftOut(String name) implements Verification {
        @Override
        public boolean clean() {
            return true;
        }
    }
}
