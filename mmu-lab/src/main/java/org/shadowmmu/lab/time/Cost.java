package org.shadowmmu.lab.time;

/**
 * What one primitive costs, in nanoseconds, and where the figure comes from. Three are fitted, on published figures and in
 * the order that the collection of published results proposes; the others are taken as published or estimated.
 */
public enum Cost {
    TDP_LEAF_CLEAN(52, Kind.FITTED, "1b6043e8e584: 512 GiB of 4 KiB leaves in about 7 s, 7 s / 2^27"),
    TDP_LEAF_DIRTY(381, Kind.FITTED, "1b6043e8e584: at most 100 ms per dirty GiB, 100 ms / 2^18"),
    SHADOW_LEAF(88, Kind.FITTED, "fast invalidate, March 2013: zapping 2 GiB takes 46.08 ms, 46.08 ms / 2^19 (S5.1)"),
    RMAP_STEP(485, Kind.FITTED, "story 1, 2020: deleting slot 0 takes more than 60 s with stale pages (S1.4)"),
    CHAIN_STEP(100, Kind.PUBLISHED, "114df303a7ee: several ms in a chain of 49,847 pages"),
    LIST_STEP(24, Kind.PUBLISHED, "982b3394dd23: 50 us for the 2,053 pages of a 4 GiB guest"),
    LIST_MOVE(72, Kind.ESTIMATED, "a move touches the page and two neighbours: three steps over the list"),
    ZERO_PAGE(150, Kind.ESTIMATED, "100 to 200 ns for 4 KiB, warm; each new shadow page is zeroed"),
    LOCK_ROUND_TRIP(30, Kind.ESTIMATED, "mmu_lock let go and taken again, 20 to 40 ns"),
    EXIT(540, Kind.PUBLISHED, "AMD EPYC, VMRUN to VMEXIT, 1,350 cycles at 2.5 GHz"),
    NESTED_EXIT(5_400, Kind.PUBLISHED, "ten plain exits; 13,142 to 14,918 cycles measured in 2019"),
    FAULT(1_460, Kind.ESTIMATED, "an EPT violation of 2 us without its exit; no table was published"),
    REMOTE_FLUSH(1_600, Kind.ESTIMATED, "interrupt and acknowledgement, four receivers"),
    LOCAL_FLUSH(300, Kind.ESTIMATED, "200 to 500 ns"),
    CONTENDER(
            92,
            Kind.FITTED,
            "a3fe5dbda0a4, c4b33d28ea51: a fault takes 10.7 us with 96 virtual CPUs, 2 us with one; 8.7 us / 95"),
    INSTRUCTION(0.4, Kind.ESTIMATED, "the guest runs an instruction per cycle at 2.5 GHz"),
    SYNC_ENTRY(5, Kind.ESTIMATED, "one comparison of a cached guest entry");

    /** How much a figure is worth. */
    public enum Kind {
        /** Fitted on a published result, which is therefore no prediction. */
        FITTED,
        /** Published as it is. */
        PUBLISHED,
        /** An engineer's estimate. */
        ESTIMATED
    }

    private final double nanos;
    private final Kind kind;
    private final String source;

    Cost(double nanos, Kind kind, String source) {
        this.nanos = nanos;
        this.kind = kind;
        this.source = source;
    }

    /** Nanoseconds. */
    public double nanos() {
        return nanos;
    }

    /** How much the figure is worth. */
    public Kind kind() {
        return kind;
    }

    /** Where it comes from. */
    public String source() {
        return source;
    }
}
