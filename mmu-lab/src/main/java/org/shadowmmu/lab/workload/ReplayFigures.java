package org.shadowmmu.lab.workload;

/** What the replay of one workload on one virtual machine counted. */
public interface ReplayFigures {
    /** What was counted in the region of the workload, so far. */
    ReplayTotals totals();

    /** The course of all of it. */
    TimeSeries series();
}
