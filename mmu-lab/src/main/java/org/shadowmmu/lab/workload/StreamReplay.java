package org.shadowmmu.lab.workload;

import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/**
 * Replays a recorded stream on a virtual machine: slot changes become memslot operations, entries become accesses of the
 * virtual CPU of their window, in the order of the stream.
 *
 * <p>A table the page walker read is accessed as the walker does it, which with accessed/dirty bits in the second
 * dimension is a write (RC-4). Events other than accesses do nothing here: they do not reach the MMU in direct mode.
 */
public final class StreamReplay implements Replay, StreamVisitor {
    private final GuestMachine machine;
    private final MemoryLayout layout;
    private final AccessTally tally;
    private int vcpu;

    /**
     * Prepares a replay and gives the machine its memory.
     *
     * @param machine a new machine with as many virtual CPUs as the stream
     * @param survey what a pass over the stream told
     * @param huge whether the host backs guest memory with huge pages
     * @param region the part whose figures count
     * @param progress gets the number of accesses replayed since its last call, every few thousand
     */
    public StreamReplay(GuestMachine machine, StreamSurvey survey, boolean huge, Region region, LongConsumer progress) {
        this.machine = machine;
        layout = new MemoryLayout(machine, survey.blocks(), huge);
        tally = new AccessTally(machine, survey.instructions(), region, progress);
    }

    @Override
    public void run(StreamSource source, UnaryOperator<StreamVisitor> around) {
        source.read(around.apply(this));
        tally.reportRest();
    }

    @Override
    public ReplayTotals totals() {
        return tally.totals();
    }

    @Override
    public long clock() {
        return tally.clock();
    }

    @Override
    public TimeSeries series() {
        return tally.series();
    }

    @Override
    public void slotChange(SlotChange change) {
        tally.operation();
        layout.apply(change);
        tally.changed();
    }

    @Override
    public void dirtyLogRead(long gfn, long pages) {
        tally.operation();
        tally.dirty(layout.readDirtyLog(gfn, pages));
    }

    @Override
    public void windowBegins(int windowVcpu, long instructions, long windowAccesses) {
        tally.windowBegins(instructions);
        vcpu = windowVcpu;
    }

    @Override
    public void access(EntryKind kind, long gfn) {
        tally.accessed(gfn, machine.access(vcpu, gfn << 12, kind));
    }

    @Override
    public void windowEnds() {
        tally.windowEnds();
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        throw new ReplayException("The stream has virtual addresses: it is for a machine under shadow paging.");
    }
}
