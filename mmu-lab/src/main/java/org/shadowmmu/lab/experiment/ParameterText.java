package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;

/** The value of a policy parameter as text; in a file it may be a word, a whole number or true/false. */
public record ParameterText(String text) {
    /** A word. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ParameterText of(String value) {
        return new ParameterText(value);
    }

    /** A whole number. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ParameterText of(long value) {
        return new ParameterText(Long.toString(value));
    }

    /** True or false. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ParameterText of(boolean value) {
        return new ParameterText(Boolean.toString(value));
    }
}
