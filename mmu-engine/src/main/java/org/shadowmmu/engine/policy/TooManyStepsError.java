package org.shadowmmu.engine.policy;

/** A call of foreign code took more than {@link PolicyWatch#MOST_STEPS}; an error, so that policies do not catch it by accident. */
final class TooManyStepsError extends Error {
    private static final long serialVersionUID = 1L;

    TooManyStepsError() {
        super("more than " + PolicyWatch.MOST_STEPS + " steps", null, false, false);
    }
}
