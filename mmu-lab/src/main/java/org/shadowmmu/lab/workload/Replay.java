package org.shadowmmu.lab.workload;

import java.util.function.UnaryOperator;

/** The replay of one stream on one virtual machine; used once. */
public interface Replay extends ReplayFigures {
    /** The number of steps of a time series. */
    int STEPS = 400;

    /**
     * Takes the stream from its source and drives the machine to its end.
     *
     * @throws ReplayException if the stream and the machine do not fit together
     */
    default void run(StreamSource source) {
        run(source, UnaryOperator.identity());
    }

    /**
     * As {@link #run(StreamSource)}, with somebody between the source and the replay.
     *
     * @param around gets the replay and returns what the source hands the records to, which must pass them on
     */
    void run(StreamSource source, UnaryOperator<StreamVisitor> around);
}
