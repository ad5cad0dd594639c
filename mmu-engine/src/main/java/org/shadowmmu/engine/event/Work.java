package org.shadowmmu.engine.event;

/** The work of one virtual machine: one number per {@link WorkCounter}, only ever growing. Nothing is allocated. */
public final class Work {
    private final long[] values = new long[WorkCounter.values().length];

    /** Counts one. */
    public void add(WorkCounter counter) {
        values[counter.ordinal()]++;
    }

    /** Counts some. */
    public void add(WorkCounter counter, long amount) {
        values[counter.ordinal()] += amount;
    }

    /** The number so far. */
    public long get(WorkCounter counter) {
        return values[counter.ordinal()];
    }
}
