package org.shadowmmu.lab.experiment;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** One value of a map that cannot be, so that the message can name its line. */
public final class ValueProblem extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String key;

    /** Says {@code sentence} about the value of {@code key}. */
    public ValueProblem(String key, String sentence) {
        super(sentence);
        this.key = key;
    }

    /** The key of the value. */
    String key() {
        return key;
    }

    /** A value, or its default; refused outside a range. */
    static int within(String key, @Nullable Integer value, int byDefault, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw new ValueProblem(
                    key, "'" + key + "' must be a whole number from " + least + " to " + most + ", not " + value);
        }
        return value == null ? byDefault : value;
    }

    /** As {@link #within(String, Integer, int, int, int)}. */
    static double within(String key, @Nullable Double value, double byDefault, double least, double most) {
        if (value != null && !(value >= least && value <= most)) {
            throw new ValueProblem(
                    key, "'" + key + "' must be a number from " + least + " to " + most + ", not " + value);
        }
        return value == null ? byDefault : value;
    }
}
