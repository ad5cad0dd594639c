package org.shadowmmu.lab.recording;

/** Says that a recording needs a mode that is not built yet. */
public final class UnsupportedModeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String mode;

    /** Names the mode as reports count it, for instance {@code shadow} or {@code direct nested}. */
    public UnsupportedModeException(String mode) {
        super("mode " + mode + " is not supported yet");
        this.mode = mode;
    }

    /** The mode's name. */
    public String mode() {
        return mode;
    }
}
