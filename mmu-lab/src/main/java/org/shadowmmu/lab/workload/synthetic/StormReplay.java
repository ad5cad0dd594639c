package org.shadowmmu.lab.workload.synthetic;

import java.util.function.LongConsumer;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.experiment.BootStorm;
import org.shadowmmu.lab.workload.AccessTally;
import org.shadowmmu.lab.workload.GuestMachine;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ReplayFigures;
import org.shadowmmu.lab.workload.ReplayTotals;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * A storm of nested guests on a machine. The clock counts the accesses of nested guests; a page is one of the guest
 * hypervisor's memory, so a guest that boots where another one was uses pages that were used before.
 */
public final class StormReplay implements ReplayFigures {
    private static final int WORDS = 512;
    private static final int GIB_PAGES = 1 << 18;

    private final NestedBootStorm storm;
    private final AccessTally tally;
    private final GuestMachine machine;
    private long faults;

    /**
     * Prepares a storm and gives the machine its memory.
     *
     * @param machine the machine as it is measured
     * @param engine the same machine, without memory
     * @param family the parameters
     * @param huge whether the host backs the guest hypervisor's memory with huge pages
     * @param region the part whose figures count
     * @param progress gets the number of accesses since its last call
     */
    public StormReplay(
            GuestMachine machine,
            VirtualMachine engine,
            BootStorm family,
            boolean huge,
            Region region,
            LongConsumer progress) {
        this.machine = machine;
        GuestHypervisor host = new GuestHypervisor(engine, hypervisorPages(family), huge);
        storm = new NestedBootStorm(host, shape(family));
        tally = new AccessTally(machine, accesses(family), region, progress);
    }

    /** Boots all guests. */
    public void run() {
        faults = machine.faults();
        storm.run(new NestedBootStorm.Observer() {
            @Override
            public void touches(long gfn) {
                tally.windowBegins(1);
            }

            @Override
            public void touched(long gfn) {
                long now = machine.faults();
                tally.accessed(gfn, now > faults ? GuestMachine.FAULT : GuestMachine.HIT);
                faults = now;
                tally.windowEnds();
            }

            @Override
            public boolean booted(int boot) {
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

    /** The accesses that all nested guests make. */
    public static long accesses(BootStorm family) {
        return (long) family.guests() * family.boots() * NestedBootStorm.touchesOf(pagesOf(family), family.stride());
    }

    /** The memory of the guest hypervisor: room for the guests, for tables of every boot, and a GiB of its own. */
    public static long hypervisorPages(BootStorm family) {
        long tables = 2 + blocks(pagesOf(family), WORDS) + blocks(pagesOf(family), WORDS * WORDS);
        long pages = GuestHypervisor.FIRST_FREE_GFN
                + family.guests() * (long) pagesOf(family)
                + family.guests() * (long) family.boots() * tables;
        return blocks(pages, GIB_PAGES) * GIB_PAGES;
    }

    private static long blocks(long pages, int size) {
        return (pages + size - 1) / size;
    }

    private static int pagesOf(BootStorm family) {
        return Math.toIntExact(family.guestMemory().pages());
    }

    private static NestedBootStorm.Shape shape(BootStorm family) {
        return new NestedBootStorm.Shape(
                family.guests(),
                family.boots(),
                pagesOf(family),
                family.stride(),
                family.guests(),
                family.mapAhead(),
                switch (family.tearDown()) {
                    case ZEROING -> TableTearDown.ZEROING;
                    case LAZY -> TableTearDown.LAZY;
                    case BOTTOM_UP -> TableTearDown.BOTTOM_UP;
                });
    }
}
