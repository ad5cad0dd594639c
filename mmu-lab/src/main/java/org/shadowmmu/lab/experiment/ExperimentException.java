package org.shadowmmu.lab.experiment;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;

/** An experiment file that cannot be used; the message names file, line and what is wrong. */
public final class ExperimentException extends BadInputException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception with the sentence the user reads, and what lies behind it if there is something. */
    public ExperimentException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
