package org.shadowmmu.lab.recording;

import java.util.Arrays;

/** Guest memory as (address, 64-bit value) pairs in the order given, kept in one flat array. */
public final class MemoryWords {
    private final long[] pairs;

    private MemoryWords(long[] pairs) {
        this.pairs = pairs;
    }

    /** Words from alternating addresses and values. */
    public static MemoryWords of(long... pairs) {
        return copyOf(pairs, pairs.length);
    }

    static MemoryWords copyOf(long[] pairs, int length) {
        if (length % 2 != 0) {
            throw new IllegalArgumentException("an address has no value");
        }
        return new MemoryWords(Arrays.copyOf(pairs, length));
    }

    /** The number of words. */
    public int count() {
        return pairs.length / 2;
    }

    /** The guest physical address of word {@code index}. */
    public long gpa(int index) {
        return pairs[2 * index];
    }

    /** The value of word {@code index}. */
    public long value(int index) {
        return pairs[2 * index + 1];
    }
}
