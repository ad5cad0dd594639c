package org.shadowmmu.lab.workload;

/**
 * How a virtual machine fared over time, in equal steps of guest instructions (all virtual CPUs together). Point {@code i}
 * of each array stands for instruction {@code i * interval}; point 0 is the start.
 *
 * @param interval instructions between two points
 * @param referenced guest pages mapped at the point
 * @param referencedMean mean of the guest pages mapped since the previous point, over the accesses between, rounded
 * @param referencedMin fewest guest pages mapped since the previous point
 * @param referencedMax most guest pages mapped since the previous point
 * @param used shadow pages in use at the point
 * @param faults page faults so far
 * @param reclaimed shadow pages reclaimed at the quota so far
 */
public record TimeSeries(
        long interval,
        long[] referenced,
        long[] referencedMean,
        long[] referencedMin,
        long[] referencedMax,
        long[] used,
        long[] faults,
        long[] reclaimed) {
    /** The number of points. */
    public int points() {
        return referenced.length;
    }
}
