package org.shadowmmu.engine.event;

/** The statistics of one virtual machine: one value per {@link Counter}, and per virtual CPU where the counter is. */
public final class Counters {
    private static final int WIDTH = Counter.values().length;

    private final long[] values;

    /** Makes all-zero statistics for {@code vcpus} virtual CPUs. */
    public Counters(int vcpus) {
        values = new long[WIDTH * vcpus];
    }

    /** Adds to a statistic of the virtual machine. */
    public void add(Counter counter, long amount) {
        values[counter.ordinal()] += amount;
    }

    /** Adds to a statistic of a virtual CPU. */
    public void add(Counter counter, int vcpu, long amount) {
        values[vcpu * WIDTH + counter.ordinal()] += amount;
    }

    /** Raises a maximum of the virtual machine. */
    public void max(Counter counter, long value) {
        int at = counter.ordinal();
        values[at] = Math.max(values[at], value);
    }

    /** The value of a virtual CPU's statistic, or of the machine's if {@code vcpu} is 0 and the counter is not per CPU. */
    public long get(Counter counter, int vcpu) {
        return values[vcpu * WIDTH + counter.ordinal()];
    }

    /** The value of the whole virtual machine: the sum over its virtual CPUs where the counter is per CPU. */
    public long get(Counter counter) {
        long sum = 0;
        for (int at = counter.ordinal(); at < values.length; at += WIDTH) {
            sum += values[at];
        }
        return sum;
    }
}
