package org.shadowmmu.lab.workload;

import org.shadowmmu.lab.BadInputException;

/** A stream file that is damaged, cut off or of a kind this version does not know. */
public final class StreamFormatException extends BadInputException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception with the sentence the user reads. */
    public StreamFormatException(String sentence) {
        super(sentence);
    }

    /** Makes the exception with the sentence the user reads and its cause. */
    public StreamFormatException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
