package org.shadowmmu.lab.workload;

import java.util.function.LongConsumer;

/** What every replay counts: accesses by outcome, distinct pages, samples over time; and it reports progress. */
final class AccessTally {
    private static final int REPORT_EVERY = 1 << 16;

    private final Sampler sampler;
    private final LongConsumer progress;
    private final PageSet seen = new PageSet();

    private long clock;
    private long accesses;
    private long reported;
    private long faultingAccesses;
    private long repeatedFaultingAccesses;
    private long deviceAccesses;

    AccessTally(GuestMachine machine, StreamSurvey survey, LongConsumer progress) {
        this.progress = progress;
        sampler = new Sampler(machine, survey.instructions(), Replay.STEPS);
    }

    /** A window of so many instructions begins. */
    void windowBegins(long instructions) {
        sampler.reached(clock);
        clock += instructions;
    }

    /** The window ends. */
    void windowEnds() {
        sampler.reached(clock);
        if (accesses - reported >= REPORT_EVERY) {
            reportRest();
        }
    }

    /** Reports the progress not reported yet. */
    void reportRest() {
        progress.accept(accesses - reported);
        reported = accesses;
    }

    /** A page was accessed, with one of the outcomes of {@link GuestMachine}. */
    void accessed(long gfn, int outcome) {
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

    /** Something else changed what is mapped. */
    void changed() {
        sampler.changed();
    }

    ReplayTotals totals() {
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

    TimeSeries series() {
        return sampler.series();
    }
}
