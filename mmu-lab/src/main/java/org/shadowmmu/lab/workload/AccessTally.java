package org.shadowmmu.lab.workload;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is counted while any workload drives a machine: accesses by outcome, distinct pages, samples over time; and it reports
 * progress. The series covers the whole workload, the totals a {@link Region} of it.
 */
public final class AccessTally {
    private static final int REPORT_EVERY = 1 << 16;

    private final GuestMachine machine;
    private final Sampler sampler;
    private final Region region;
    private final LongConsumer progress;
    private final PageSet seen = new PageSet();
    private PageSet seenInRegion = seen;

    private long clock;
    private boolean begun;
    private @Nullable ReplayTotals ended;
    private long reported;
    private long allAccesses;

    private long accesses;
    private long faultingAccesses;
    private long repeatedFaultingAccesses;
    private long deviceAccesses;
    private long dirtyPages;
    private long faultsBefore;
    private long reclaimedBefore;
    private long zappedBefore;
    private long createdBefore;
    private long mmuNanosBefore;

    /**
     * Begins to count.
     *
     * @param machine the machine that is driven
     * @param length how far the workload's clock will go
     * @param region the part whose figures count
     * @param progress gets the number of accesses since its last call, every few thousand
     */
    public AccessTally(GuestMachine machine, long length, Region region, LongConsumer progress) {
        this.machine = machine;
        this.region = region;
        this.progress = progress;
        sampler = new Sampler(machine, length, Replay.STEPS);
        begun = region.from() == 0;
    }

    /** Something is about to happen between two windows. */
    public void operation() {
        if (!begun && clock >= region.from()) {
            begin();
        }
        if (ended == null && clock >= region.to()) {
            ended = totals();
        }
    }

    /** A window begins, in which the clock goes on by this much. */
    public void windowBegins(long instructions) {
        sampler.reached(clock);
        operation();
        clock += instructions;
    }

    private void begin() {
        begun = true;
        seenInRegion = new PageSet();
        accesses = 0;
        faultingAccesses = 0;
        repeatedFaultingAccesses = 0;
        deviceAccesses = 0;
        dirtyPages = 0;
        faultsBefore = machine.faults();
        reclaimedBefore = machine.reclaimed();
        zappedBefore = machine.zapped();
        createdBefore = machine.created();
        mmuNanosBefore = machine.mmuNanos();
        sampler.restart();
    }

    /** The window ends. */
    public void windowEnds() {
        sampler.reached(clock);
        if (allAccesses - reported >= REPORT_EVERY) {
            reportRest();
        }
    }

    /** Reports the progress not reported yet. */
    public void reportRest() {
        progress.accept(allAccesses - reported);
        reported = allAccesses;
    }

    /** A page was accessed, with one of the outcomes of {@link GuestMachine}. */
    public void accessed(long gfn, int outcome) {
        accesses++;
        allAccesses++;
        boolean first = seen.add(gfn);
        if (seenInRegion != seen) {
            seenInRegion.add(gfn);
        }
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

    /** Something else changed what is mapped. */
    public void changed() {
        sampler.changed();
    }

    /** A dirty log named so many pages. */
    public void dirty(long pages) {
        dirtyPages += pages;
    }

    /** What was counted in the region, as far as the workload came. */
    public ReplayTotals totals() {
        if (ended != null) {
            return ended;
        }
        return new ReplayTotals(
                accesses,
                faultingAccesses,
                repeatedFaultingAccesses,
                deviceAccesses,
                seenInRegion.size(),
                machine.faults() - faultsBefore,
                machine.reclaimed() - reclaimedBefore,
                machine.zapped() - zappedBefore,
                machine.created() - createdBefore,
                machine.mmuNanos() - mmuNanosBefore,
                dirtyPages,
                sampler.mapped().peak(),
                sampler.mapped().totalMean(),
                sampler.referenced().totalMean(),
                sampler.stale().totalMean(),
                sampler.peakUsed());
    }

    /** How far the workload's clock went; that of a window counts from its begin. */
    public long clock() {
        return clock;
    }

    /** The course of the whole workload. */
    public TimeSeries series() {
        return sampler.series();
    }
}
