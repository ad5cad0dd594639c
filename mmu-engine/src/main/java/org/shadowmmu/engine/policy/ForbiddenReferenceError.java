package org.shadowmmu.engine.policy;

/** A class of a policy jar names something that no policy may use; thrown when the class is loaded. */
public final class ForbiddenReferenceError extends LinkageError {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the error; the Java machine makes it again with the same message.
     *
     * @param deed what the class does, as a predicate
     */
    public ForbiddenReferenceError(String deed) {
        super(deed);
    }
}
