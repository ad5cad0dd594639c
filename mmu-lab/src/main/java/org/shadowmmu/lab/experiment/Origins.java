package org.shadowmmu.lab.experiment;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where in which file each value of an experiment was written, by JSON pointer. */
final class Origins {
    private final String file;
    private final Map<String, Integer> lines = new HashMap<>();

    Origins(String file) {
        this.file = file;
    }

    /** The pointer to the member {@code key} of the map at {@code pointer}. */
    static String child(String pointer, String key) {
        return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
    }

    /** Notes the line of a value or key; the first note for a pointer holds. */
    void note(String pointer, int line) {
        lines.putIfAbsent(pointer, line);
    }

    /** The exception that says {@code sentence} about the value at {@code pointer}, or about the nearest value around it. */
    ExperimentException problem(String pointer, String sentence, @Nullable Throwable cause) {
        String at = pointer;
        while (!at.isEmpty() && !lines.containsKey(at)) {
            at = at.substring(0, at.lastIndexOf('/'));
        }
        return problemInLine(lines.getOrDefault(at, 1), sentence, cause);
    }

    /** As {@link #problem(String, String, Throwable)}, without a cause. */
    ExperimentException problem(String pointer, String sentence) {
        return problem(pointer, sentence, null);
    }

    /** The exception that says {@code sentence} about a line. */
    ExperimentException problemInLine(int line, String sentence, @Nullable Throwable cause) {
        return new ExperimentException(
                file + ", line " + line + ": " + sentence + (sentence.endsWith("?") ? "" : "."), cause);
    }
}
