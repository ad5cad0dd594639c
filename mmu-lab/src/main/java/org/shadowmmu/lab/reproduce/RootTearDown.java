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
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.time.CostModel;

/** Story 2: tearing a TDP root down from the top is one step without a yield (November 2021). */
public final class RootTearDown implements Story {
    private static final int TABLE = 512;
    private static final int GIB_PAGES = 1 << 18;
    /** What is run, and scaled to a top entry: a table takes 4 KiB here as there. */
    private static final long RUN_GIB = 64;

    private final RecordedBoots boots;

    /** Makes the story; recorded guests come from {@code boots}. */
    RootTearDown(RecordedBoots boots) {
        this.boots = boots;
    }

    @Override
    public String id() {
        return "S2";
    }

    @Override
    public String title() {
        return "Leaf-first zapping and the RCU stall (2021)";
    }

    private record InOrder(RootZapOrder order) implements MmuPolicy, RootZap {
        @Override
        public RootZapOrder order(int rootLevel, int addressSpace) {
            return order;
        }
    }

    /** What one tear-down did. */
    private record TearDown(long zapped, long longest, long leaves, long entries) {}

    private static TearDown tearDown(Bench bench, RootZapOrder order, long pages, long stride) {
        VirtualMachine machine =
                bench.with(Decision.ROOT_ZAP, context -> new InOrder(order), MmuOptions.withTdpMmu(), 1);
        populate(machine, pages, stride);
        long before = leavesZapped(machine);
        machine.setMemslot(0, 0, 0, 0, 0, 0, 0);
        return new TearDown(
                machine.lock().get(LockFigure.ZAPPED, LockedWork.ROOT_ZAP),
                machine.lock().get(LockFigure.LONGEST_STEP_ZAPPED, LockedWork.ROOT_ZAP),
                leavesZapped(machine) - before,
                machine.lock().get(LockFigure.ENTRIES, LockedWork.ROOT_ZAP));
    }

    private static void populate(VirtualMachine machine, long pages, long stride) {
        machine.host().addBacking(0, pages, false);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        for (long gfn = 0; gfn < pages; gfn += stride) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.READ);
        }
    }

    private static long leavesZapped(VirtualMachine machine) {
        return machine.core().work.get(WorkCounter.LEAVES_ZAPPED_CLEAN)
                + machine.core().work.get(WorkCounter.LEAVES_ZAPPED_DIRTY);
    }

    @Override
    public List<String> streams() {
        return List.of("boot-6g-debian-pc", "boot-6g-debian-q35");
    }

    @Override
    public Pending<StoryResult> measure(Bench bench, boolean quick) {
        long pages = (quick ? 2 : RUN_GIB) * GIB_PAGES;
        Pending<TearDown> whole = bench.start(() -> tearDown(bench, RootZapOrder.WHOLE_ROOT, pages, 1));
        Pending<TearDown> two = bench.start(() -> tearDown(bench, RootZapOrder.ONE_GIB_THEN_ROOT, pages, 1));
        Pending<TearDown> first = bench.start(() -> tearDown(bench, RootZapOrder.LEAVES_FIRST, pages, 1));
        Pending<TearDown> half = bench.start(() -> tearDown(bench, RootZapOrder.WHOLE_ROOT, pages / 2, 1));
        Pending<Finding> flushes = new FlushRequests(boots).finding(bench);
        Pending<Finding> retained = bench.start(() -> retained(bench));
        Pending<Finding> sparse = bench.start(() -> sparse(bench));
        return () -> {
            List<Finding> findings = inOrders(pages, whole.get(), half.get(), two.get(), first.get(), bench.costs());
            findings.addAll(List.of(flushes.get(), retained.get(), sparse.get()));
            return new StoryResult(findings, figures(pages / GIB_PAGES, whole.get(), two.get(), first.get()));
        };
    }

    private static List<Finding> inOrders(
            long pages, TearDown whole, TearDown half, TearDown two, TearDown first, CostModel costs) {
        // Half the memory is half the leaves in one step, so what a full top entry takes follows.
        boolean linear = whole.leaves == 2 * half.leaves && whole.leaves == pages;
        List<Finding> findings = new ArrayList<>(
                new LongestSteps(pages / GIB_PAGES, linear, two.longest, first.longest).findings(costs));
        findings.add(new Finding(
                "S2.6",
                "the same SPTEs are zapped in every order; only the longest step changes, by 10^2 to 10^5",
                "< 5 %",
                OrphanedChildren.number(whole.zapped) + ", " + OrphanedChildren.number(two.zapped) + " and "
                        + OrphanedChildren.number(first.zapped) + " zapped; longest step "
                        + OrphanedChildren.number(whole.longest) + ", " + OrphanedChildren.number(two.longest) + " and "
                        + OrphanedChildren.number(first.longest),
                Basis.COUNTED,
                within(two.zapped, whole.zapped, 0.05)
                        && within(first.zapped, whole.zapped, 0.05)
                        && whole.longest / first.longest >= 100,
                OrphanedChildren.number(pages) + " pages"));
        return findings;
    }

    private static List<Figure> figures(long gibs, TearDown whole, TearDown two, TearDown first) {
        return List.of(new Figure.Bars(
                "Longest step by order of tear-down",
                "SPTEs that go between two points where the kernel may yield, in a root of " + gibs
                        + " GiB in 4 KiB pages.",
                "SPTEs in one step (powers of ten)",
                true,
                List.of(
                        new Figure.Bar("", "whole root at once", whole.longest),
                        new Figure.Bar("", "1 GiB, then the root", two.longest),
                        new Figure.Bar("", "leaves first", first.longest))));
    }

    private static boolean within(double value, double goal, double share) {
        return Math.abs(value - goal) <= share * goal;
    }

    /** S2.7: tables kept and tables zapped. */
    private static Finding retained(Bench bench) {
        long gib = GIB_PAGES;
        long[] made = {0};
        VirtualMachine machine = bench.upstream(
                MmuOptions.withTdpMmu().withTargetedSlotZap(true), 1, new org.shadowmmu.engine.event.MmuEvents() {
                    @Override
                    public void getPage(
                            long gfn, int role, int rootCount, boolean unsync, int generation, boolean created) {
                        made[0] += created ? 1 : 0;
                    }
                });
        populate(machine, gib, 1);
        long tables = made[0] - 1;
        made[0] = 0;
        machine.setMemslot(0, 0, 0, 0, 0, 0, 0);
        machine.setMemslot(0, 0, 0, gib, 0, 0, 0);
        long before = machine.counters().get(Counter.PF_FIXED);
        for (long gfn = 0; gfn < gib; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.READ);
        }
        long faults = machine.counters().get(Counter.PF_FIXED) - before;
        return new Finding(
                "S2.7",
                "leaves zapped and touched again: no table is made, one fault per leaf; full zap: 515 tables per GiB",
                "exact",
                made[0] + " tables made, " + OrphanedChildren.number(faults) + " faults; a full zap would make "
                        + (tables + 1) + " again, root included",
                Basis.COUNTED,
                made[0] == 0 && faults == gib && tables + 1 == gib / TABLE + 3,
                OrphanedChildren.number(gib) + " pages; " + gib / TABLE * 4 + " KiB of leaf tables are retained");
    }

    /** S2.9: one page per table. */
    private static Finding sparse(Bench bench) {
        long gib = GIB_PAGES;
        TearDown thin = tearDown(bench, RootZapOrder.LEAVES_FIRST, gib, TABLE);
        return new Finding(
                "S2.9",
                "entries that are not present cost a step of the walk and are never counted as zapped",
                "hard",
                OrphanedChildren.number(thin.entries) + " entries visited, " + thin.leaves + " leaves zapped of "
                        + gib / TABLE + " present",
                Basis.COUNTED,
                thin.leaves == gib / TABLE && thin.entries > thin.zapped,
                "");
    }

    @Override
    public List<String> leftOut() {
        return List.of();
    }
}
