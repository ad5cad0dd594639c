package org.shadowmmu.lab.experiment;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a value of an experiment is written.
 *
 * @param name the file, or the option of the command line, as it is named to the user
 * @param folder what relative paths in the value start from
 * @param line the line, counted from 1; 0 on the command line
 */
public record Place(String name, Path folder, int line) {
    /** The exception that says {@code sentence} about this place. */
    ExperimentException problem(String sentence, @Nullable Throwable cause) {
        String where = line == 0 ? name : name + ", line " + line;
        return new ExperimentException(where + ": " + sentence + (sentence.endsWith("?") ? "" : "."), cause);
    }

    /** As {@link #problem(String, Throwable)}, without a cause. */
    ExperimentException problem(String sentence) {
        return problem(sentence, null);
    }

    /** Another line of the same text. */
    Place at(int other) {
        return new Place(name, folder, line == 0 ? 0 : other);
    }
}
