package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.lock.LockFigure;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.lock.Yielding;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;

/** Story 5: a new generation makes every page obsolete at once; cleaning up comes later (2013). */
public final class FastInvalidate implements Story {
    private static final int TABLE = 512;
    private static final int GUEST_PAGES = 1 << 19;
    private static final int VCPUS = 6;
    private static final long OTHER_SLOT = 1L << 22;
    private static final int BATCH = 10;

    @Override
    public String id() {
        return "S5";
    }

    @Override
    public String title() {
        return "Fast invalidate-all through mmu_valid_gen (2013)";
    }

    /** Somebody always waits for the lock: the walk over obsolete pages yields wherever it may. */
    private static final class Contended implements Yielding {
        private final IntConsumer others;
        private int yields;

        Contended(IntConsumer others) {
            this.others = others;
        }

        @Override
        public boolean wanted(YieldPoint point) {
            return point == YieldPoint.OBSOLETE_BATCH;
        }

        @Override
        public void released(YieldPoint point) {
            others.accept(yields++);
        }
    }

    private static VirtualMachine filled(Bench bench, int pages, int stride) {
        VirtualMachine machine = bench.upstream(MmuOptions.tdp(), VCPUS, null);
        machine.host().addBacking(0, pages, false);
        machine.host().addBacking(1, TABLE, false);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        machine.setMemslot(0, 1, OTHER_SLOT, TABLE, 0, 1, 0);
        for (long gfn = 0; gfn < pages; gfn += stride) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        for (int cpu = 1; cpu < VCPUS; cpu++) {
            machine.vcpu(cpu).accessGpa(0, AccessKind.WRITE);
        }
        return machine;
    }

    private static void delete(VirtualMachine machine) {
        machine.setMemslot(0, 1, 0, 0, 0, 1, 0);
    }

    private static long obsolete(VirtualMachine machine) {
        long count = 0;
        for (ShadowPage page = machine.core().pages.oldest(); page != null; page = page.newer()) {
            count += page.obsolete() ? 1 : 0;
        }
        return count;
    }

    @Override
    public Pending<StoryResult> measure(Bench bench, boolean quick) {
        Pending<List<Finding>> invalidation = Invalidation.measure(bench);
        Pending<Figure> holds = Invalidation.holds(bench);
        Pending<List<Finding>> cleaning = bench.start(() -> cleaning(bench));
        Pending<Finding> quotaHolds = bench.start(() -> quotaHolds(bench));
        Pending<Finding> oneBit = bench.start(() -> oneBit(bench));
        return () -> {
            List<Finding> findings = new ArrayList<>(invalidation.get());
            findings.addAll(cleaning.get());
            findings.addAll(List.of(quotaHolds.get(), oneBit.get()));
            return new StoryResult(findings, List.of(holds.get()));
        };
    }

    private static List<Finding> cleaning(Bench bench) {
        VirtualMachine machine = filled(bench, GUEST_PAGES, TABLE);
        long flushes = machine.counters().get(Counter.REMOTE_TLB_FLUSH_REQUESTS);
        long present = machine.usedPages();
        long zapped = machine.counters().get(Counter.MMU_SHADOW_ZAPPED);
        long[] foundOld = {0};
        Contended contended = new Contended(time -> {
            // A virtual CPU faults meanwhile, always on the page that would be zapped last.
            long gfn = (long) (GUEST_PAGES / TABLE - 1 - time) * TABLE;
            machine.vcpu(1).accessGpa(gfn << 12, AccessKind.WRITE);
            ShadowPage newest = machine.core().pages.newest();
            foundOld[0] += newest == null || newest.obsolete() ? 1 : 0;
        });
        machine.lock().setYielding(contended);
        delete(machine);
        long yields = machine.lock().get(LockFigure.YIELDS, LockedWork.ZAP_ALL);
        long requested = machine.counters().get(Counter.REMOTE_TLB_FLUSH_REQUESTS) - flushes;
        long gone = machine.counters().get(Counter.MMU_SHADOW_ZAPPED) - zapped;
        long longest = machine.lock().get(LockFigure.LONGEST_WRITE_HOLD, LockedWork.ZAP_ALL);
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                "S5.3",
                "longest hold: every page without generations, at most 10 pages and the last one's children with",
                "hard",
                longest / TABLE + " pages, of " + present,
                Basis.COUNTED,
                longest <= (BATCH + 1) * TABLE,
                "a root in use is taken apart but does not count in the batch of 10"));
        findings.add(new Finding(
                "S5.4",
                "one flush per invalidation, not one per yield",
                "exact",
                requested + " flush with " + yields + " yields",
                Basis.COUNTED,
                requested == 1 && yields > 0,
                ""));
        findings.add(new Finding(
                "S5.7",
                "a lookup never returns a page of another generation",
                "exact",
                foundOld[0] + " of " + contended.yields + " lookups while old pages waited",
                Basis.COUNTED,
                foundOld[0] == 0 && contended.yields > 0,
                ""));
        findings.add(new Finding(
                "S5.8",
                "the walk ends under constant faults; it zaps what was present when the generation changed",
                "exact",
                gone + " zapped of " + present + " present, " + contended.yields + " yields with faults",
                Basis.COUNTED,
                gone == present && obsolete(machine) == 0,
                ""));
        return findings;
    }

    private static Finding quotaHolds(Bench bench) {
        VirtualMachine machine = filled(bench, GUEST_PAGES, TABLE);
        machine.setQuota(machine.usedPages());
        long quota = machine.quota();
        long[] peak = {0};
        machine.lock().setYielding(new Contended(time -> {
            for (int i = 0; i < 2 * BATCH; i++) {
                long gfn = (time * 2L * BATCH + i) * TABLE % GUEST_PAGES;
                machine.vcpu(1).accessGpa(gfn << 12, AccessKind.WRITE);
                peak[0] = Math.max(peak[0], machine.usedPages());
            }
        }));
        delete(machine);
        return new Finding(
                "S5.5",
                "while old pages wait the quota holds if they are reclaimed first",
                "peak <= quota + 5",
                "peak " + peak[0] + " at a quota of " + quota,
                Basis.COUNTED,
                peak[0] > 0 && peak[0] <= quota + 5,
                "old pages are the oldest, so upstream's order takes them first");
    }

    private static Finding oneBit(Bench bench) {
        VirtualMachine machine = filled(bench, 64 * TABLE, TABLE);
        long[] revived = {0};
        machine.lock().setYielding(new Contended(time -> {
            if (time == 0) {
                long before = obsolete(machine);
                machine.core().pages.toggleGeneration();
                revived[0] = before - obsolete(machine);
                machine.core().pages.toggleGeneration();
            }
        }));
        delete(machine);
        machine.setMemslot(0, 0, 0, 0, 0, 0, 0);
        return new Finding(
                "S5.6",
                "two invalidations at once with one generation bit revive old pages; callers that wait revive none",
                "exact",
                revived[0] + " revived; " + obsolete(machine) + " left over with callers that wait",
                Basis.COUNTED,
                revived[0] > 0 && obsolete(machine) == 0,
                "");
    }

    @Override
    public List<String> leftOut() {
        return List.of();
    }
}
