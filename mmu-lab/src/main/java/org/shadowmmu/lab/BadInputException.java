package org.shadowmmu.lab;

import org.jspecify.annotations.Nullable;

/** Something the user gave cannot be used; the message is the one sentence the user reads. Ends the program with code 2. */
public class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception with the sentence the user reads. */
    public BadInputException(String sentence) {
        super(sentence);
    }

    /** Makes the exception with the sentence the user reads and what lies behind it, shown with {@code --debug} only. */
    public BadInputException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
