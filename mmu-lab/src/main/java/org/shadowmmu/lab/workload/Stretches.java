package org.shadowmmu.lab.workload;

import java.util.SplittableRandom;

/**
 * Neighbouring stretches of a recorded stream, equally long in guest instructions, each of which counts as a trial. Where the
 * first one begins is drawn from a seed; every policy is measured on the same stretches of the same replay, so what comes
 * before a stretch warms it up exactly.
 *
 * <p>A recording is one sample. Its stretches stand for "more of the same job of the same guest", not for other guests or
 * other jobs; an interval computed from them means no more than that.
 *
 * @param from where the first stretch begins, as guest instruction, all virtual CPUs together
 * @param length instructions of each
 * @param count how many there are
 */
public record Stretches(long from, long length, int count) {
    /**
     * Draws stretches within a part of a stream: {@code count} of {@code count + 1} equal lengths, shifted by chance.
     *
     * @throws IllegalArgumentException if the part has fewer instructions than that
     */
    public static Stretches draw(JobPart part, int count, long seed) {
        long length = (part.to() - part.from()) / (count + 1);
        if (length == 0) {
            throw new IllegalArgumentException("a part of " + (part.to() - part.from())
                    + " instructions cannot be divided into " + count + " stretches");
        }
        long shift = new SplittableRandom(seed).nextLong(length);
        return new Stretches(part.from() + shift, length, count);
    }

    /** The instruction at which stretch {@code index} begins; for {@code count}, at which the last one ends. */
    public long begin(int index) {
        return from + index * length;
    }
}
