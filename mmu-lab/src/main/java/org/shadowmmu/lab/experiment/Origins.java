package org.shadowmmu.lab.experiment;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where each value of an experiment was written, by JSON pointer. */
final class Origins {
    private final Place whole;
    private final Map<String, Place> places = new HashMap<>();

    /** Of a text whose beginning is at {@code whole}. */
    Origins(Place whole) {
        this.whole = whole;
    }

    /** The pointer to the member {@code key} of the map at {@code pointer}. */
    static String child(String pointer, String key) {
        return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
    }

    /** Notes the place of a value or key; the first note for a pointer holds. */
    void note(String pointer, Place place) {
        places.putIfAbsent(pointer, place);
    }

    /** The place of the value at {@code pointer}, or of the nearest value around it. */
    Place placeOf(String pointer) {
        String at = pointer;
        while (!at.isEmpty() && !places.containsKey(at)) {
            at = at.substring(0, at.lastIndexOf('/'));
        }
        return places.getOrDefault(at, whole);
    }

    /** The exception that says {@code sentence} about the value at {@code pointer}, or about the nearest value around it. */
    ExperimentException problem(String pointer, String sentence, @Nullable Throwable cause) {
        return placeOf(pointer).problem(sentence, cause);
    }

    /** As {@link #problem(String, String, Throwable)}, without a cause. */
    ExperimentException problem(String pointer, String sentence) {
        return problem(pointer, sentence, null);
    }
}
