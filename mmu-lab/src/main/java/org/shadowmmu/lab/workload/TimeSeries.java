package org.shadowmmu.lab.workload;

/**
 * How a virtual machine fared over time, in equal steps of the workload's clock (guest instructions of a
 * recorded stream, accesses of a synthetic workload, operations of a scenario; all virtual CPUs together). Element {@code i}
 * of each array stands for the step that ends at reading {@code i * interval}; element 0 is the start.
 *
 * @param interval readings of the clock in a step
 * @param mappedMean guest pages mapped, mean over the accesses of the step, rounded
 * @param mappedMin guest pages mapped, fewest in the step
 * @param mappedMax guest pages mapped, most in the step
 * @param referencedMean guest pages reachable from a root, mean over probes in the step, rounded
 * @param referencedMin guest pages reachable from a root, fewest of these probes
 * @param referencedMax guest pages reachable from a root, most of these probes
 * @param used shadow pages in use at the end of the step
 * @param stale shadow pages in use that no root leads to which a virtual CPU holds, mean over probes in the step, rounded
 * @param faults page faults until the end of the step
 * @param reclaimed shadow pages reclaimed at the quota until the end of the step
 */
public record TimeSeries(
        long interval,
        long[] mappedMean,
        long[] mappedMin,
        long[] mappedMax,
        long[] referencedMean,
        long[] referencedMin,
        long[] referencedMax,
        long[] used,
        long[] stale,
        long[] faults,
        long[] reclaimed) {
    /** The number of elements of each array. */
    public int points() {
        return used.length;
    }
}
