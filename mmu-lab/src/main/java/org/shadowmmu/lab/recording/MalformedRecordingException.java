package org.shadowmmu.lab.recording;

import org.shadowmmu.lab.BadInputException;

/** A recording that is damaged, cut off or of a kind this version does not know. */
public final class MalformedRecordingException extends BadInputException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception with the sentence the user reads: file, line number, what was expected. */
    public MalformedRecordingException(String sentence) {
        super(sentence);
    }

    /** Makes the exception with the sentence the user reads and its cause. */
    public MalformedRecordingException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
