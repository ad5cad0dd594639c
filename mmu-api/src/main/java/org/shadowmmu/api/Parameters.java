package org.shadowmmu.api;

/**
 * The parameter values of one policy, defaults filled in, every value inside its declared range.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface Parameters {
    /**
     * The value of an {@link Parameter.IntParameter}.
     *
     * @throws IllegalArgumentException if the descriptor declares no such number
     */
    long integer(String name);

    /**
     * The value of a {@link Parameter.BooleanParameter}.
     *
     * @throws IllegalArgumentException if the descriptor declares no such switch
     */
    boolean bool(String name);

    /**
     * The value of a {@link Parameter.ChoiceParameter}.
     *
     * @throws IllegalArgumentException if the descriptor declares no such choice
     */
    String choice(String name);
}
