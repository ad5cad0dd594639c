package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.LockFigure;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;

/**
 * What one tear-down of a TDP MMU root did, as counted by its machine.
 *
 * @param zapped SPTEs removed, links to tables included
 * @param longest SPTEs removed in the step that removed most
 * @param clean leaves removed that were clean
 * @param dirty leaves removed that were dirty
 * @param entries entries looked at
 * @param everything every counter of the machine and of its lock
 */
record TearDown(long zapped, long longest, long clean, long dirty, long entries, List<Long> everything) {
    static final long GIB_PAGES = 1 << 18;

    /** KVM allows 2^31 - 1 pages per memslot; this many are a power of two below that, 4 TiB. */
    private static final long SLOT_PAGES = 1 << 30;

    private record InOrder(RootZapOrder order) implements MmuPolicy, RootZap {
        @Override
        public RootZapOrder order(int rootLevel, int addressSpace) {
            return order;
        }
    }

    /**
     * Tears down the root of a guest whose memory is mapped beforehand, in folded tables, so no time of the clock on the wall
     * belongs to its steps. The bench keeps no meter on it.
     *
     * @param written whether the guest wrote all of its memory; else it read all of it, and none was ever written
     */
    static TearDown folded(Bench bench, RootZapOrder order, int levels, long pages, boolean written) {
        VirtualMachine machine = bench.unmetered(Decision.ROOT_ZAP, context -> new InOrder(order), options(levels), 1);
        addMemory(machine, pages, written);
        machine.vcpu(0).mapWithoutFaults(0, pages, kind(written));
        return of(machine);
    }

    /** As {@link #folded}, page by page: every {@code stride}-th page is faulted in, and every entry walked. */
    static TearDown faulted(Bench bench, RootZapOrder order, long pages, long stride, boolean written) {
        VirtualMachine machine = bench.with(Decision.ROOT_ZAP, context -> new InOrder(order), options(4), 1);
        addMemory(machine, pages, written);
        for (long gfn = 0; gfn < pages; gfn += stride) {
            machine.vcpu(0).accessGpa(gfn << 12, kind(written));
        }
        return of(machine);
    }

    private static MmuOptions options(int levels) {
        return MmuOptions.withTdpMmu().withHostLevels(levels);
    }

    private static AccessKind kind(boolean written) {
        return written ? AccessKind.WRITE : AccessKind.READ;
    }

    /** Memory that the host has not given yet: what is only read is mapped to zeros, and stays clean (RC-24a). */
    private static void addMemory(VirtualMachine machine, long pages, boolean written) {
        for (int id = 0; id * SLOT_PAGES < pages; id++) {
            long first = id * SLOT_PAGES;
            long count = Math.min(SLOT_PAGES, pages - first);
            machine.host().addBacking(id, count, false);
            if (!written) {
                machine.host().discard(machine.host().backing(id), 0, count);
            }
            machine.setMemslot(0, id, first, count, 0, id, 0);
        }
    }

    /** Deletes a memslot, with which every root goes. */
    private static TearDown of(VirtualMachine machine) {
        List<Long> before = everything(machine);
        machine.setMemslot(0, 0, 0, 0, 0, 0, 0);
        List<Long> after = everything(machine);
        List<Long> done = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            done.add(after.get(i) - before.get(i));
        }
        return new TearDown(
                machine.lock().get(LockFigure.ZAPPED, LockedWork.ROOT_ZAP),
                machine.lock().get(LockFigure.LONGEST_STEP_ZAPPED, LockedWork.ROOT_ZAP),
                machine.core().work.get(WorkCounter.LEAVES_ZAPPED_CLEAN),
                machine.core().work.get(WorkCounter.LEAVES_ZAPPED_DIRTY),
                machine.lock().get(LockFigure.ENTRIES, LockedWork.ROOT_ZAP),
                done);
    }

    private static List<Long> everything(VirtualMachine machine) {
        List<Long> all = new ArrayList<>();
        for (WorkCounter counter : WorkCounter.values()) {
            all.add(machine.core().work.get(counter));
        }
        for (Counter counter : Counter.values()) {
            all.add(machine.counters().get(counter));
        }
        for (LockFigure figure : LockFigure.values()) {
            all.add(machine.lock().get(figure, LockedWork.ROOT_ZAP));
        }
        return all;
    }

    /** The leaves removed. */
    long leaves() {
        return clean + dirty;
    }

    /** Whether a number of steps removed the same number of SPTEs each, and all but some links above them. */
    boolean isSteps(long steps, long linksAbove) {
        return steps * longest + linksAbove == zapped;
    }

    /** Nanoseconds of a step, if all leaves went in so many equal steps. */
    double nanosOfStep(CostModel costs, long steps) {
        return (clean * costs.of(Cost.TDP_LEAF_CLEAN) + dirty * costs.of(Cost.TDP_LEAF_DIRTY)) / steps;
    }
}
