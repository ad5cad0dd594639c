package org.shadowmmu.lab.workload;

import java.nio.file.Path;

/** The replay of one stream on one virtual machine; used once. */
public interface Replay {
    /** The number of steps of a time series. */
    int STEPS = 400;

    /**
     * Reads the stream and drives the machine to its end.
     *
     * @throws ReplayException if the stream and the machine do not fit together
     */
    void run(Path file);

    /** What was counted. */
    ReplayTotals totals();

    /** The time series. */
    TimeSeries series();
}
