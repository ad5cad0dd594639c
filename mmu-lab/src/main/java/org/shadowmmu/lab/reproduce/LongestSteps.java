package org.shadowmmu.lab.reproduce;

import java.util.List;
import java.util.Locale;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;

/**
 * S2.1 to S2.5: how long the steps of a root's tear-down take.
 *
 * @param gibs memory that was torn down in one step, in GiB
 * @param linear whether half the memory was half the leaves in one step, so that what a full top entry takes follows
 * @param longestOfTwo most SPTEs removed in a step of the order that takes 1 GiB first
 * @param longestOfLeaves most SPTEs removed in a step of the order that takes 4 KiB leaves first
 */
record LongestSteps(long gibs, boolean linear, long longestOfTwo, long longestOfLeaves) {
    private static final int TABLE = 512;
    private static final long GIB_PAGES = 1 << 18;
    private static final double STALL_SECONDS = 21;
    private static final long TOP_ENTRY_GIB = 512;
    private static final double TOP_ENTRY_LEAVES = TOP_ENTRY_GIB * (double) GIB_PAGES;

    List<Finding> findings(CostModel costs) {
        return List.of(
                Finding.priced(costs, this::cleanTopEntry),
                Finding.priced(costs, this::dirtyTopEntry),
                Finding.priced(costs, this::fiveLevels),
                Finding.priced(costs, this::oneGib),
                Finding.priced(costs, this::leavesFirst));
    }

    private static boolean within(double value, double goal, double share) {
        return Math.abs(value - goal) <= share * goal;
    }

    private static double clean(CostModel costs) {
        return TOP_ENTRY_LEAVES * costs.of(Cost.TDP_LEAF_CLEAN) / 1e9;
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f s", value);
    }

    private static String stall(double seconds) {
        return seconds > STALL_SECONDS ? "stall" : "no stall";
    }

    private String scaled() {
        return linear
                ? "the step of " + gibs + " GiB was run, twice that of " + gibs / 2 + " GiB; 512 GiB are "
                        + TOP_ENTRY_GIB / gibs + " of it"
                : "the step does not grow with memory as expected";
    }

    private Finding cleanTopEntry(CostModel costs) {
        return new Finding(
                "S2.1",
                "512 GiB of clean 4 KiB leaves in one step: 7.0 s",
                "+- 10 %",
                seconds(clean(costs)),
                Basis.FITTED,
                linear && within(clean(costs), 7, 0.1),
                scaled());
    }

    private Finding dirtyTopEntry(CostModel costs) {
        double clean = clean(costs);
        double dirty = TOP_ENTRY_LEAVES * costs.of(Cost.TDP_LEAF_DIRTY) / 1e9;
        double limit = STALL_SECONDS * 1e9 / costs.of(Cost.TDP_LEAF_DIRTY);
        return new Finding(
                "S2.2",
                "all dirty: 51 s and a stall; clean: none; the limit lies at 55.1 M SPTEs, 210 GiB",
                "+- 10 %",
                seconds(dirty) + ", " + stall(dirty) + "; clean " + stall(clean) + "; limit at "
                        + String.format(Locale.ROOT, "%.1f M SPTEs, %.0f GiB", limit / 1e6, limit / GIB_PAGES),
                Basis.PREDICTED,
                linear && within(dirty, 51, 0.1) && clean < STALL_SECONDS && within(limit, 55.1e6, 0.1),
                "the published figure is itself arithmetic on the bound for 1 GiB; " + scaled());
    }

    private Finding fiveLevels(CostModel costs) {
        double large = 128 * clean(costs);
        return new Finding(
                "S2.3",
                "5 levels, 64 TiB: 896 s, a stall in both states",
                "+- 10 %",
                seconds(large) + ", " + stall(large),
                Basis.PREDICTED,
                linear && within(large, 896, 0.1),
                "the published figure is itself 128 top entries of the 4-level step; " + scaled());
    }

    private Finding oneGib(CostModel costs) {
        // The links to tables that go with the leaves are no leaves.
        long leaves = longestOfTwo - longestOfTwo / (TABLE + 1);
        double clean = leaves * costs.of(Cost.TDP_LEAF_CLEAN) / 1e6;
        double dirty = leaves * costs.of(Cost.TDP_LEAF_DIRTY) / 1e6;
        return new Finding(
                "S2.4",
                "1 GiB first: longest step 13.7 ms clean, <= 100 ms dirty, never a stall",
                "hard",
                String.format(Locale.ROOT, "%.1f ms clean, %.1f ms dirty", clean, dirty),
                Basis.FITTED,
                within(clean, 13.7, 0.05) && dirty <= 100,
                OrphanedChildren.number(longestOfTwo) + " SPTEs in the step, links to tables included");
    }

    private Finding leavesFirst(CostModel costs) {
        double table = Math.max(longestOfLeaves, TABLE) * costs.of(Cost.TDP_LEAF_DIRTY) / 1e3;
        return new Finding(
                "S2.5",
                "4 KiB first: longest step one table and a yield check, <= 195 us",
                "hard",
                String.format(
                        Locale.ROOT,
                        "%d SPTEs zapped in a step; a whole table of dirty ones would be %.1f us",
                        longestOfLeaves,
                        table),
                Basis.COUNTED,
                longestOfLeaves <= TABLE && table <= 195.1,
                "");
    }
}
