package org.shadowmmu.api;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A typed parameter of a policy, with its meaning, default and range. Experiment files set parameters by name; the host
 * rejects unknown names and values outside the range before a run starts.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public sealed interface Parameter {
    /** The name in experiment files: lower-case words joined by hyphens. */
    String name();

    /** One line: what the parameter changes, and its unit. */
    String meaning();

    /** The default as it would be written in an experiment file. */
    String defaultText();

    /** The legal values in words, for instance {@code 1 to 512} or {@code allocation, mapping or lookup}. */
    String range();

    /** Whether {@code text} is a legal value. */
    boolean accepts(String text);

    /**
     * A whole number from {@code min} to {@code max}.
     *
     * @param name as {@link Parameter#name()}
     * @param meaning as {@link Parameter#meaning()}
     * @param defaultValue used when an experiment does not set the parameter
     * @param min smallest legal value
     * @param max largest legal value
     */
    record IntParameter(String name, String meaning, long defaultValue, long min, long max) implements Parameter {
        /**
         * @throws IllegalArgumentException if the name is malformed or the default lies outside the range
         */
        public IntParameter {
            requireName(name, meaning);
            if (defaultValue < min || defaultValue > max) {
                throw new IllegalArgumentException("the default of parameter '" + name + "' is outside its range");
            }
        }

        @Override
        public String defaultText() {
            return Long.toString(defaultValue);
        }

        @Override
        public String range() {
            return min + " to " + max;
        }

        @Override
        public boolean accepts(String text) {
            try {
                long value = Long.parseLong(text);
                return value >= min && value <= max;
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }

    /**
     * True or false.
     *
     * @param name as {@link Parameter#name()}
     * @param meaning as {@link Parameter#meaning()}
     * @param defaultValue used when an experiment does not set the parameter
     */
    record BooleanParameter(String name, String meaning, boolean defaultValue) implements Parameter {
        /**
         * @throws IllegalArgumentException if the name is malformed
         */
        public BooleanParameter {
            requireName(name, meaning);
        }

        @Override
        public String defaultText() {
            return Boolean.toString(defaultValue);
        }

        @Override
        public String range() {
            return "true or false";
        }

        @Override
        public boolean accepts(String text) {
            return text.equals("true") || text.equals("false");
        }
    }

    /**
     * One word out of a list.
     *
     * @param name as {@link Parameter#name()}
     * @param meaning as {@link Parameter#meaning()}
     * @param defaultValue used when an experiment does not set the parameter
     * @param choices the legal words, in the order in which they are shown
     */
    record ChoiceParameter(String name, String meaning, String defaultValue, List<String> choices)
            implements Parameter {
        /**
         * @throws IllegalArgumentException if the name is malformed or the default is not among the choices
         */
        public ChoiceParameter {
            requireName(name, meaning);
            choices = List.copyOf(choices);
            if (!choices.contains(defaultValue)) {
                throw new IllegalArgumentException("the default of parameter '" + name + "' is not one of its choices");
            }
        }

        @Override
        public String defaultText() {
            return defaultValue;
        }

        @Override
        public String range() {
            int last = choices.size() - 1;
            return last == 0
                    ? choices.get(0)
                    : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
        }

        @Override
        public boolean accepts(String text) {
            return choices.contains(text);
        }
    }

    private static void requireName(String name, String meaning) {
        Objects.requireNonNull(name, "name");
        if (!Pattern.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*", name)) {
            throw new IllegalArgumentException(
                    "a parameter name has lower-case words joined by hyphens, not '" + name + "'");
        }
        if (meaning.isBlank()) {
            throw new IllegalArgumentException("parameter '" + name + "' needs a meaning");
        }
    }
}
