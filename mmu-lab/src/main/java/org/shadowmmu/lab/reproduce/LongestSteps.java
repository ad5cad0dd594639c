package org.shadowmmu.lab.reproduce;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;

/** S2.1 to S2.5: how long the steps of a root's tear-down take. */
final class LongestSteps {
    private static final int TABLE = 512;
    private static final double STALL_SECONDS = 21;

    /** What is below one full top entry, with the leaves in that state, and in which order it goes. */
    record TopEntry(TearDown clean, TearDown dirty) {}

    private final long gibs;
    private final TopEntry whole;
    private final TopEntry large;
    private final TopEntry oneGib;
    private final TearDown leavesFirst;
    private final boolean sameAsFaulted;
    private final String how;
    private final LongFunction<TearDown> dirtyGibs;
    private final Map<Long, TearDown> ofSize = new ConcurrentHashMap<>();

    /**
     * @param gibs what a top entry of 4 levels maps, in GiB
     * @param whole the root torn down at once
     * @param large 64 TiB below one top entry of 5 levels, at once
     * @param oneGib the root torn down by the GiB
     * @param leavesFirst the root torn down leaves first
     * @param sameAsFaulted whether roots that were faulted in counted the same
     * @param how in words, how the roots came to be
     * @param dirtyGibs tears down a dirty root of so many GiB at once
     */
    LongestSteps(
            long gibs,
            TopEntry whole,
            TopEntry large,
            TopEntry oneGib,
            TearDown leavesFirst,
            boolean sameAsFaulted,
            String how,
            LongFunction<TearDown> dirtyGibs) {
        this.gibs = gibs;
        this.whole = whole;
        this.large = large;
        this.oneGib = oneGib;
        this.leavesFirst = leavesFirst;
        this.sameAsFaulted = sameAsFaulted;
        this.how = how;
        this.dirtyGibs = dirtyGibs;
    }

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

    /** How long the only step took. */
    private static double seconds(TearDown inOneStep, CostModel costs) {
        return inOneStep.nanosOfStep(costs, 1) / 1e9;
    }

    private static boolean isOneStep(TopEntry entry) {
        return entry.clean.isSteps(1, 0)
                && entry.dirty.isSteps(1, 0)
                && entry.clean.dirty() == 0
                && entry.dirty.clean() == 0;
    }

    private static String text(double seconds) {
        return String.format(Locale.ROOT, "%.2f s", seconds);
    }

    private static String stall(double seconds) {
        return seconds > STALL_SECONDS ? "stall" : "no stall";
    }

    private Finding cleanTopEntry(CostModel costs) {
        double clean = seconds(whole.clean, costs);
        return new Finding(
                "S2.1",
                "512 GiB of clean 4 KiB leaves in one step: 7.0 s",
                "+- 10 %",
                text(clean),
                Basis.FITTED,
                sameAsFaulted && isOneStep(whole) && within(clean, 7, 0.1),
                OrphanedChildren.number(whole.clean.leaves()) + " leaves counted in one step; " + how);
    }

    private Finding dirtyTopEntry(CostModel costs) {
        double clean = seconds(whole.clean, costs);
        double dirty = seconds(whole.dirty, costs);
        long first = firstStall(costs);
        long leaves = first > gibs ? 0 : dirtyRoot(first).leaves();
        String limit = first > gibs
                ? "none up to " + gibs + " GiB"
                : String.format(Locale.ROOT, "first stall at %d GiB, %.1f M SPTEs", first, leaves / 1e6);
        return new Finding(
                "S2.2",
                "all dirty: 51 s and a stall; clean: none; the limit lies at 55.1 M SPTEs, 210 GiB",
                "+- 10 %",
                text(dirty) + ", " + stall(dirty) + "; clean " + stall(clean) + "; " + limit,
                Basis.PREDICTED,
                sameAsFaulted
                        && isOneStep(whole)
                        && within(dirty, 51, 0.1)
                        && clean < STALL_SECONDS
                        && within(leaves, 55.1e6, 0.1)
                        && within(first, 210, 0.1),
                "the published figure is itself arithmetic on the bound for 1 GiB; here roots of 1 to " + gibs
                        + " GiB were torn down until the smallest was found that stalls");
    }

    /** The smallest dirty root that takes too long, in GiB; one more than a top entry maps if none does. */
    private long firstStall(CostModel costs) {
        long fits = 0;
        long stalls = gibs + 1;
        while (stalls - fits > 1) {
            long middle = (fits + stalls) / 2;
            if (seconds(dirtyRoot(middle), costs) > STALL_SECONDS) {
                stalls = middle;
            } else {
                fits = middle;
            }
        }
        return stalls;
    }

    private TearDown dirtyRoot(long size) {
        return ofSize.computeIfAbsent(size, dirtyGibs::apply);
    }

    private Finding fiveLevels(CostModel costs) {
        double clean = seconds(large.clean, costs);
        double dirty = seconds(large.dirty, costs);
        return new Finding(
                "S2.3",
                "5 levels, 64 TiB: 896 s, a stall in both states",
                "+- 10 %",
                text(clean) + " clean, " + stall(clean) + "; " + text(dirty) + " dirty, " + stall(dirty),
                Basis.PREDICTED,
                sameAsFaulted
                        && isOneStep(large)
                        && within(clean, 896, 0.1)
                        && clean > STALL_SECONDS
                        && dirty > STALL_SECONDS,
                OrphanedChildren.number(large.clean.leaves())
                        + " leaves in 16 memslots counted in one step; the published"
                        + " figure is itself 128 top entries of the 4-level step");
    }

    private Finding oneGib(CostModel costs) {
        double clean = oneGib.clean.nanosOfStep(costs, gibs) / 1e6;
        double dirty = oneGib.dirty.nanosOfStep(costs, gibs) / 1e6;
        // The link to the table of the top entry goes in a step of its own.
        boolean equalSteps = oneGib.clean.isSteps(gibs, 1) && oneGib.dirty.isSteps(gibs, 1);
        return new Finding(
                "S2.4",
                "1 GiB first: longest step 13.7 ms clean, <= 100 ms dirty, never a stall",
                "hard",
                String.format(Locale.ROOT, "%.1f ms clean, %.1f ms dirty", clean, dirty),
                Basis.FITTED,
                sameAsFaulted && equalSteps && within(clean, 13.7, 0.05) && dirty <= 100,
                gibs + " steps of " + OrphanedChildren.number(oneGib.dirty.longest())
                        + " SPTEs, links to tables included");
    }

    private Finding leavesFirst(CostModel costs) {
        double table = Math.max(leavesFirst.longest(), TABLE) * costs.of(Cost.TDP_LEAF_DIRTY) / 1e3;
        return new Finding(
                "S2.5",
                "4 KiB first: longest step one table and a yield check, <= 195 us",
                "hard",
                String.format(
                        Locale.ROOT,
                        "%d SPTE zapped in a step; a whole table of dirty ones would be %.1f us",
                        leavesFirst.longest(),
                        table),
                Basis.COUNTED,
                sameAsFaulted && leavesFirst.longest() <= TABLE && table <= 195.1,
                OrphanedChildren.number(leavesFirst.leaves()) + " leaves, one step each");
    }
}
