package org.shadowmmu.lab.trial;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.workload.Replay;
import org.shadowmmu.lab.workload.ReplayFigures;
import org.shadowmmu.lab.workload.ReplayTotals;
import org.shadowmmu.lab.workload.StreamSource;
import org.shadowmmu.lab.workload.StreamVisitor;
import org.shadowmmu.lab.workload.TimeSeries;

/** A machine and the workload that is about to drive it. Used once. */
public final class Drive {
    private final TrialMachine machine;
    private final ReplayFigures figures;
    private final Runnable whole;
    private final @Nullable Consumer<UnaryOperator<StreamVisitor>> watched;

    private Drive(
            TrialMachine machine,
            ReplayFigures figures,
            Runnable whole,
            @Nullable Consumer<UnaryOperator<StreamVisitor>> watched) {
        this.machine = machine;
        this.figures = figures;
        this.whole = whole;
        this.watched = watched;
    }

    /** A workload that is no stream. */
    static Drive of(TrialMachine machine, ReplayFigures figures, Runnable whole) {
        return new Drive(machine, figures, whole, null);
    }

    /** A stream. */
    static Drive of(TrialMachine machine, Replay replay, StreamSource source) {
        return new Drive(machine, replay, () -> replay.run(source), around -> replay.run(source, around));
    }

    /** The machine. */
    public TrialMachine machine() {
        return machine;
    }

    /** Drives it to the workload's end. */
    public void run() {
        whole.run();
    }

    /**
     * As {@link #run()}, with somebody between the stream and the machine.
     *
     * @param around gets what takes the records of the stream and returns what they go to, which passes them on
     * @throws UnsupportedOperationException if the workload is no stream
     */
    public void run(UnaryOperator<StreamVisitor> around) {
        if (watched == null) {
            throw new UnsupportedOperationException("the workload is no stream");
        }
        watched.accept(around);
    }

    /** What was counted in the region of the workload, so far. */
    public ReplayTotals totals() {
        return figures.totals();
    }

    /** The workload's clock now. */
    public long clock() {
        return figures.clock();
    }

    /** The course of all of it. */
    public TimeSeries series() {
        return figures.series();
    }
}
