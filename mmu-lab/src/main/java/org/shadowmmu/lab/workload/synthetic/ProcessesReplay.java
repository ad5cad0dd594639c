package org.shadowmmu.lab.workload.synthetic;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.shadowmmu.lab.experiment.Processes;
import org.shadowmmu.lab.workload.AccessTally;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.PassingMachine;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ReplayFigures;
import org.shadowmmu.lab.workload.ReplayTotals;
import org.shadowmmu.lab.workload.ShadowMachine;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * Short processes on a machine under shadow paging. The clock counts the pages that programs use, which no policy changes;
 * accesses are all that the guest makes, its kernel's stores to page tables included, and of those a policy changes some,
 * because the clearing of a page is counted store by store while it faults.
 */
public final class ProcessesReplay implements ReplayFigures {
    private static final int TURN = 16;
    private static final int REGIONS_PER_GIB = 8;

    private final ForkExec guest;
    private final AccessTally tally;

    /**
     * Prepares a run and gives the machine its memory.
     *
     * @param machine the machine, without memory
     * @param reached the guest frame that the last access reached, -1 if it reached none
     * @param family the parameters
     * @param huge whether the host backs the guest's memory with huge pages
     * @param seed seed of everything random
     * @param region the part whose figures count
     * @param progress gets the number of accesses since its last call
     */
    public ProcessesReplay(
            ShadowMachine machine,
            LongSupplier reached,
            Processes family,
            boolean huge,
            long seed,
            Region region,
            LongConsumer progress) {
        tally = new AccessTally(machine, uses(family), region, progress);
        guest = new ForkExec(
                new Counted(machine, reached, tally),
                new ForkExec.Shape(
                        family.vcpus(),
                        family.memory().pages(),
                        huge,
                        family.programs(),
                        family.stretches(),
                        0,
                        0,
                        family.regions(),
                        family.pagesPerRegion(),
                        REGIONS_PER_GIB,
                        family.busyRegions(),
                        family.uses(),
                        family.hot(),
                        family.kernelUses(),
                        TURN,
                        family.reuse() == Processes.Reuse.OLDEST ? FrameReuse.OLDEST : FrameReuse.NEWEST,
                        seed));
    }

    /** The pages that all programs use, one by one. */
    public static long uses(Processes family) {
        return (long) family.programs() * family.stretches() * family.uses();
    }

    /** Runs all programs. */
    public void run() {
        guest.run(new ForkExec.Observer() {
            @Override
            public void uses() {
                tally.windowBegins(1);
            }

            @Override
            public void used() {
                tally.windowEnds();
            }

            @Override
            public boolean ended(int count) {
                return true;
            }
        });
        tally.changed();
        tally.reportRest();
    }

    @Override
    public ReplayTotals totals() {
        return tally.totals();
    }

    @Override
    public TimeSeries series() {
        return tally.series();
    }

    /** Counts every access on its way to the machine; one that the guest's own tables refuse is made again, and counts then. */
    private static final class Counted extends PassingMachine {
        private final LongSupplier reached;
        private final AccessTally tally;

        Counted(ShadowMachine machine, LongSupplier reached, AccessTally tally) {
            super(machine);
            this.reached = reached;
            this.tally = tally;
        }

        @Override
        public int accessVirtual(int vcpu, long address, EntryKind kind, boolean user) {
            return count(address, super.accessVirtual(vcpu, address, kind, user));
        }

        @Override
        public int storeVirtual(int vcpu, long address, long value, Store how) {
            return count(address, super.storeVirtual(vcpu, address, value, how));
        }

        private int count(long address, int outcome) {
            if (outcome != GUEST_FAULT) {
                // A store that was emulated reached no page by itself; only the kernel's are, through its map of
                // memory.
                long gfn = address < 0 ? address - GuestKernel.DIRECT_MAP >>> 12 : reached.getAsLong();
                tally.accessed(Math.max(0, gfn), outcome);
            }
            return outcome;
        }
    }
}
