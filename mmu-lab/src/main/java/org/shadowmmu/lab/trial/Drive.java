package org.shadowmmu.lab.trial;

import java.util.function.UnaryOperator;
import org.shadowmmu.lab.workload.ReplayTotals;
import org.shadowmmu.lab.workload.StreamVisitor;
import org.shadowmmu.lab.workload.TimeSeries;

/** A machine and the workload that is about to drive it. Used once. */
public interface Drive {
    /** The machine. */
    TrialMachine machine();

    /** Drives it to the workload's end. */
    default void run() {
        run(UnaryOperator.identity());
    }

    /**
     * As {@link #run()}, with somebody between the stream and the machine.
     *
     * @param around gets what takes the records of the stream and returns what they go to, which passes them on
     * @throws UnsupportedOperationException if the workload is no stream
     */
    void run(UnaryOperator<StreamVisitor> around);

    /** What was counted in the region of the workload, so far. */
    ReplayTotals totals();

    /** The course of all of it. */
    TimeSeries series();
}
