package org.shadowmmu.lab.workload;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The replay of one stream on one virtual machine; used once. */
public interface Replay {
    /** The number of steps of a time series. */
    int STEPS = 400;

    /**
     * Reads the stream and drives the machine to its end.
     *
     * @throws ReplayException if the stream and the machine do not fit together
     */
    default void run(Path file) {
        run(file, UnaryOperator.identity());
    }

    /**
     * As {@link #run(Path)}, with somebody between the reader and the replay.
     *
     * @param around gets the replay and returns what the reader hands the records to, which must pass them on
     */
    void run(Path file, UnaryOperator<StreamVisitor> around);

    /** What was counted. */
    ReplayTotals totals();

    /** The time series. */
    TimeSeries series();
}
