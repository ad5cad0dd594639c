package org.shadowmmu.engine.policy;

/** A choice of policies or parameters that cannot be carried out; the message is one sentence for the user. */
public final class PolicySelectionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception with the sentence the user reads. */
    public PolicySelectionException(String sentence) {
        super(sentence);
    }
}
