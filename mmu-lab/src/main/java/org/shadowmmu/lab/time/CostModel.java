package org.shadowmmu.lab.time;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;

/** Turns work into simulated time: every primitive has one price, wherever it happens. */
public final class CostModel {
    private static final CostModel STANDARD = new CostModel(CostFile.builtInPrices());

    private final Map<Cost, Price> prices;
    private final double[] nanos = new double[Cost.values().length];

    private CostModel(Map<Cost, Price> prices) {
        this.prices = new EnumMap<>(prices);
        prices.forEach((cost, price) -> nanos[cost.ordinal()] = price.nanos());
    }

    /** The model with the figures of the built-in file. */
    public static CostModel standard() {
        return STANDARD;
    }

    /** This model with other prices for some costs. */
    CostModel with(Map<Cost, Price> others) {
        Map<Cost, Price> all = new EnumMap<>(prices);
        all.putAll(others);
        return new CostModel(all);
    }

    /** This model with one cost multiplied; for tables of sensitivity. */
    public CostModel scaled(Cost cost, double factor) {
        Price price = price(cost);
        return with(Map.of(
                cost,
                new Price(price.nanos() * factor, price.kind(), price.range(), price.fittedOn(), price.source())));
    }

    /** What a primitive costs, and how much that is worth. */
    public Price price(Cost cost) {
        return Objects.requireNonNull(prices.get(cost), "every cost has a price");
    }

    /** The costs whose figure is not the built-in one, in their order. */
    public List<ChangedCost> changed() {
        return Arrays.stream(Cost.values())
                .filter(cost -> of(cost) != STANDARD.of(cost))
                .map(cost -> new ChangedCost(
                        cost.key(), of(cost), STANDARD.of(cost), price(cost).source()))
                .toList();
    }

    /** What one primitive costs. */
    public double of(Cost cost) {
        return nanos[cost.ordinal()];
    }

    /** Nanoseconds of the shadow MMU's work. Leaves are priced as the legacy MMU's. */
    public double shadow(WorkDone work) {
        return zapping(work) + handling(work);
    }

    /** The part of {@link #shadow} that removes pages and leaves. */
    public double zapping(WorkDone work) {
        long leaves = work.get(WorkCounter.LEAVES_ZAPPED_CLEAN) + work.get(WorkCounter.LEAVES_ZAPPED_DIRTY);
        return leaves * of(Cost.SHADOW_LEAF) + lists(work);
    }

    /**
     * Nanoseconds of the work where the TDP MMU serves the guest's own memory: leaves cost what those of the TDP MMU do, also a
     * nested guest's, whose pages have reverse maps and are on the list.
     */
    public double tdp(WorkDone work) {
        return work.get(WorkCounter.LEAVES_ZAPPED_CLEAN) * of(Cost.TDP_LEAF_CLEAN)
                + work.get(WorkCounter.LEAVES_ZAPPED_DIRTY) * of(Cost.TDP_LEAF_DIRTY)
                + lists(work)
                + handling(work);
    }

    private double lists(WorkDone work) {
        return work.get(WorkCounter.RMAP_STEPS) * of(Cost.RMAP_STEP)
                + work.get(WorkCounter.LIST_STEPS) * of(Cost.LIST_STEP);
    }

    private double handling(WorkDone work) {
        return work.get(Counter.PF_TAKEN) * (of(Cost.EXIT) + of(Cost.FAULT))
                + work.get(WorkCounter.NESTED_EXITS) * of(Cost.NESTED_EXIT)
                + work.get(WorkCounter.CHAIN_STEPS) * of(Cost.CHAIN_STEP)
                + work.get(Counter.MMU_CACHE_MISS) * of(Cost.ZERO_PAGE)
                + work.get(WorkCounter.LIST_MOVES) * of(Cost.LIST_MOVE)
                + work.get(Counter.REMOTE_TLB_FLUSH_REQUESTS) * of(Cost.REMOTE_FLUSH)
                + work.get(Counter.TLB_FLUSH) * of(Cost.LOCAL_FLUSH)
                + work.get(WorkCounter.ENTRIES_SYNCED) * of(Cost.SYNC_ENTRY);
    }
}
