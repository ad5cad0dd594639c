package org.shadowmmu.lab.workload;

/** A stream asks for something the virtual machine refuses; the message is the sentence the user reads. */
public final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception with the sentence the user reads. */
    public ReplayException(String sentence) {
        super(sentence);
    }
}
