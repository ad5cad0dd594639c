package org.shadowmmu.engine.policy;

import java.time.Duration;

/**
 * How long one call of a policy may run before its machine is given up.
 *
 * <p>Time is counted in looks, not by a clock: a computer that sleeps, or a machine that stands still, costs one look.
 *
 * @param looks how often the same call must be seen running
 * @param pause the pause between two looks, in milliseconds
 */
public record CallLimit(int looks, long pause) {
    private static final int LOOKS = 20;

    /** Ten seconds: a call takes microseconds. */
    public static final CallLimit DEFAULT = of(Duration.ofSeconds(10));

    /** A limit of about this time. */
    public static CallLimit of(Duration time) {
        return new CallLimit(LOOKS, Math.max(1, time.toMillis() / LOOKS));
    }
}
