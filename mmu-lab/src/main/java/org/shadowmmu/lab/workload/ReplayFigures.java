package org.shadowmmu.lab.workload;

/** What the replay of one workload on one virtual machine counted. */
public interface ReplayFigures {
    /** What was counted in the region of the workload, so far. */
    ReplayTotals totals();

    /** The workload's clock now: of streams the instructions, of recorded scenarios the operations, else the accesses so far. */
    default long clock() {
        return totals().accesses();
    }

    /** The course of all of it. */
    TimeSeries series();
}
