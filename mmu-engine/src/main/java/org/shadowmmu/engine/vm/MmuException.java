package org.shadowmmu.engine.vm;

/** The virtual machine cannot go on; the message is one sentence that says why. */
public final class MmuException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Ends the run with a sentence. */
    public MmuException(String message) {
        super(message);
    }
}
