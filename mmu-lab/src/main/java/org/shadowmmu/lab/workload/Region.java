package org.shadowmmu.lab.workload;

/**
 * The part of a workload whose figures count; what lies before is warm-up. Both ends are readings of the workload's clock
 * (instructions of a recorded stream, accesses of a synthetic workload, operations of a scenario), all virtual CPUs together.
 *
 * @param from where it begins: with the first window that begins at or after this reading
 * @param to where it ends: with the first window that begins at or after this reading, or with the workload
 */
public record Region(long from, long to) {
    /** All of a workload. */
    public static final Region WHOLE = new Region(0, Long.MAX_VALUE);
}
