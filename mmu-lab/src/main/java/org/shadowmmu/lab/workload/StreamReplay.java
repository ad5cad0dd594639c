package org.shadowmmu.lab.workload;

import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Replays a recorded stream on a virtual machine: slot changes become memslot operations, entries become accesses of the
 * virtual CPU of their window, in the order of the stream.
 *
 * <p>A table the page walker read is accessed as the walker does it, which with accessed/dirty bits in the second
 * dimension is a write (RC-4). Events other than accesses do nothing here: they do not reach the MMU in direct mode.
 */
public final class StreamReplay implements StreamVisitor {
    /** The number of steps of a time series. */
    public static final int STEPS = 400;

    private final GuestMachine machine;
    private final MemoryLayout layout;
    private final Sampler sampler;
    private final LongConsumer progress;
    private final PageSet seen = new PageSet();

    private int vcpu;
    private long clock;
    private long accesses;
    private long reported;
    private long faultingAccesses;
    private long repeatedFaultingAccesses;
    private long deviceAccesses;

    /**
     * Prepares a replay and gives the machine its memory.
     *
     * @param machine a new machine with as many virtual CPUs as the stream
     * @param survey what a pass over the stream told
     * @param huge whether the host backs guest memory with huge pages
     * @param progress gets the number of accesses replayed since its last call, every few thousand
     */
    public StreamReplay(GuestMachine machine, StreamSurvey survey, boolean huge, LongConsumer progress) {
        this.machine = machine;
        this.progress = progress;
        layout = new MemoryLayout(machine, survey.blocks(), huge);
        sampler = new Sampler(machine, survey.instructions(), STEPS);
    }

    /** Reads the file and drives the machine to its end. */
    public void run(Path file) {
        StreamReader.read(file, this);
        progress.accept(accesses - reported);
        reported = accesses;
    }

    /** What was counted. */
    public ReplayTotals totals() {
        return new ReplayTotals(
                accesses,
                faultingAccesses,
                repeatedFaultingAccesses,
                deviceAccesses,
                seen.size(),
                sampler.mapped().peak(),
                sampler.mapped().totalMean(),
                sampler.referenced().totalMean(),
                sampler.peakUsed());
    }

    /** The time series. */
    public TimeSeries series() {
        return sampler.series();
    }

    @Override
    public void slotChange(SlotChange change) {
        layout.apply(change);
        sampler.changed();
    }

    @Override
    public void windowBegins(int windowVcpu, long instructions, long windowAccesses) {
        sampler.reached(clock);
        vcpu = windowVcpu;
        clock += instructions;
    }

    @Override
    public void access(EntryKind kind, long gfn) {
        int outcome = machine.access(vcpu, gfn << 12, kind);
        accesses++;
        boolean first = seen.add(gfn);
        if (outcome != GuestMachine.HIT) {
            sampler.changed();
            if (outcome == GuestMachine.MMIO) {
                deviceAccesses++;
            } else {
                faultingAccesses++;
                if (!first) {
                    repeatedFaultingAccesses++;
                }
            }
        }
        sampler.accessed();
    }

    @Override
    public void windowEnds() {
        sampler.reached(clock);
        if (accesses - reported >= 1 << 16) {
            progress.accept(accesses - reported);
            reported = accesses;
        }
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        throw new ReplayException("The stream has virtual addresses, for shadow paging, which cannot be replayed yet.");
    }
}
