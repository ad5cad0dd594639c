package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.reproduce.LongestSteps.TopEntry;

/** Story 2: tearing a TDP root down from the top is one step without a yield (November 2021). */
public final class RootTearDown implements Story {
    private static final int TABLE = 512;
    private static final int GIB_PAGES = 1 << 18;
    /** What a top entry of 4 levels maps. */
    private static final long TOP_ENTRY_GIB = 512;
    /** The guest of S2.3, which needs 5 levels. */
    private static final long LARGE_GIB = 64 << 10;
    /** What is faulted in page by page, beside the roots that are folded. */
    private static final long FAULTED_GIB = 8;

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

    private static void populate(VirtualMachine machine, long pages) {
        machine.host().addBacking(0, pages, false);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        for (long gfn = 0; gfn < pages; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.READ);
        }
    }

    @Override
    public List<String> streams() {
        return List.of("boot-6g-debian-pc", "boot-6g-debian-q35");
    }

    @Override
    public Pending<StoryResult> measure(Bench bench, boolean quick) {
        long faultedGibs = quick ? 1 : FAULTED_GIB;
        Pending<TopEntry> whole = bench.start(() -> topEntry(bench, RootZapOrder.WHOLE_ROOT, 4, TOP_ENTRY_GIB));
        Pending<TopEntry> large = bench.start(() -> topEntry(bench, RootZapOrder.WHOLE_ROOT, 5, LARGE_GIB));
        Pending<TopEntry> two = bench.start(() -> topEntry(bench, RootZapOrder.ONE_GIB_THEN_ROOT, 4, TOP_ENTRY_GIB));
        Pending<TearDown> first = bench.start(
                () -> TearDown.folded(bench, RootZapOrder.LEAVES_FIRST, 4, TOP_ENTRY_GIB * GIB_PAGES, true));
        List<Pending<Boolean>> same = List.of(
                bench.start(() -> sameAsFaulted(bench, RootZapOrder.WHOLE_ROOT, faultedGibs, true)),
                bench.start(() -> sameAsFaulted(bench, RootZapOrder.ONE_GIB_THEN_ROOT, faultedGibs, false)),
                bench.start(() -> sameAsFaulted(bench, RootZapOrder.LEAVES_FIRST, faultedGibs, true)));
        Pending<Finding> flushes = new FlushRequests(boots).finding(bench);
        Pending<Finding> retained = bench.start(() -> retained(bench));
        Pending<Finding> sparse = bench.start(() -> sparse(bench));
        return () -> {
            boolean allSame = same.stream().allMatch(Pending::get);
            LongestSteps steps = new LongestSteps(
                    TOP_ENTRY_GIB,
                    whole.get(),
                    large.get(),
                    two.get(),
                    first.get(),
                    allSame,
                    "mapped beforehand in folded tables; a root of " + faultedGibs
                            + " GiB that was faulted in page by page " + (allSame ? "gives" : "does not give")
                            + " the same counts in every order",
                    gibs -> TearDown.folded(bench, RootZapOrder.WHOLE_ROOT, 4, gibs * GIB_PAGES, true));
            List<Finding> findings = new ArrayList<>(steps.findings(bench.costs()));
            findings.add(inOrders(whole.get().dirty(), two.get().dirty(), first.get()));
            findings.addAll(List.of(flushes.get(), retained.get(), sparse.get()));
            return new StoryResult(
                    findings, figures(whole.get().dirty(), two.get().dirty(), first.get()));
        };
    }

    private static TopEntry topEntry(Bench bench, RootZapOrder order, int levels, long gibs) {
        return new TopEntry(
                TearDown.folded(bench, order, levels, gibs * GIB_PAGES, false),
                TearDown.folded(bench, order, levels, gibs * GIB_PAGES, true));
    }

    /** Whether a root that is folded and one that was faulted in page by page count the same. */
    private static boolean sameAsFaulted(Bench bench, RootZapOrder order, long gibs, boolean written) {
        long pages = gibs * GIB_PAGES;
        return TearDown.faulted(bench, order, pages, 1, written)
                .equals(TearDown.folded(bench, order, 4, pages, written));
    }

    private static Finding inOrders(TearDown whole, TearDown two, TearDown first) {
        return new Finding(
                "S2.6",
                "the same SPTEs are zapped in every order; only the longest step changes, by 10^2 to 10^5",
                "< 5 %",
                OrphanedChildren.number(whole.zapped()) + ", " + OrphanedChildren.number(two.zapped()) + " and "
                        + OrphanedChildren.number(first.zapped()) + " zapped; longest step "
                        + OrphanedChildren.number(whole.longest()) + ", " + OrphanedChildren.number(two.longest())
                        + " and " + OrphanedChildren.number(first.longest()),
                Basis.COUNTED,
                within(two.zapped(), whole.zapped(), 0.05)
                        && within(first.zapped(), whole.zapped(), 0.05)
                        && whole.longest() / first.longest() >= 100,
                OrphanedChildren.number(whole.leaves()) + " pages");
    }

    private static List<Figure> figures(TearDown whole, TearDown two, TearDown first) {
        return List.of(new Figure.Bars(
                "Longest step by order of tear-down",
                "SPTEs that go between two points where the kernel may yield, in a root of " + TOP_ENTRY_GIB
                        + " GiB in 4 KiB pages.",
                "SPTEs in one step (powers of ten)",
                true,
                List.of(
                        new Figure.Bar("", "whole root at once", whole.longest()),
                        new Figure.Bar("", "1 GiB, then the root", two.longest()),
                        new Figure.Bar("", "leaves first", first.longest()))));
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
        populate(machine, gib);
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
        TearDown thin = TearDown.faulted(bench, RootZapOrder.LEAVES_FIRST, gib, TABLE, true);
        return new Finding(
                "S2.9",
                "entries that are not present cost a step of the walk and are never counted as zapped",
                "hard",
                OrphanedChildren.number(thin.entries()) + " entries visited, " + thin.leaves() + " leaves zapped of "
                        + gib / TABLE + " present",
                Basis.COUNTED,
                thin.leaves() == gib / TABLE && thin.entries() > thin.zapped(),
                "");
    }

    @Override
    public List<String> leftOut() {
        return List.of();
    }
}
