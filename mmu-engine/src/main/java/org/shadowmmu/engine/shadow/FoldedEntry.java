package org.shadowmmu.engine.shadow;

/**
 * A folded entry: one entry at level 2 or above of a TDP MMU table that stands for a whole regular subtree, all tables below
 * it down to level 1 and in them either no leaf, or every leaf with the same bits and consecutive host frames.
 *
 * <p>It is a representation and no state of the machine: for the MMU it is a link to a table, for the processor it is not
 * present, so that a walk stops and unfolds it. Who needs what lies below goes through
 * {@link ShadowPages#child(ShadowPage, int)}, which makes the table, its entries folded in turn, without an event or a count.
 *
 * <p>The address and the low bits are those of the first leaf without {@link Spte#PRESENT}; bit 62, which no SPTE uses that is
 * present for the MMU, tells it from others.
 */
public final class FoldedEntry {
    /** A folded entry whose tables hold no leaf. */
    public static final long EMPTY = 1L << 62 | Spte.SHADOW_PRESENT;

    private static final long FOLDED = 1L << 62;
    private static final int BITS_PER_LEVEL = 9;
    private static final int PAGE_SHIFT = 12;

    private FoldedEntry() {}

    /** The entry that stands for a subtree whose first 4 KiB leaf is given. */
    public static long of(long firstLeaf) {
        return firstLeaf & ~Spte.PRESENT | FOLDED;
    }

    /** Whether an entry is folded. */
    public static boolean is(long spte) {
        return (spte & EMPTY) == EMPTY;
    }

    /** Whether a folded entry stands for leaves, and not for empty tables. */
    public static boolean hasLeaves(long folded) {
        return folded != EMPTY;
    }

    /** The leaves below a folded entry at this level. */
    public static long leaves(long folded, int level) {
        return hasLeaves(folded) ? 1L << BITS_PER_LEVEL * (level - 1) : 0;
    }

    /** The tables below a folded entry at this level. */
    public static long tables(int level) {
        long tables = 0;
        for (int below = 1; below < level; below++) {
            tables = tables * ShadowPage.ENTRIES + 1;
        }
        return tables;
    }

    /** A leaf below a folded entry that has leaves, by its number from 0 on. */
    public static long leaf(long folded, long number) {
        return (folded & ~FOLDED | Spte.PRESENT) + (number << PAGE_SHIFT);
    }

    /** An entry of the table below a folded entry; {@code level} is the table's. */
    static long below(long folded, int level, int index) {
        if (!hasLeaves(folded)) {
            return level == 1 ? 0 : EMPTY;
        }
        return level == 1 ? leaf(folded, index) : folded + ((long) index << PAGE_SHIFT + BITS_PER_LEVEL * (level - 1));
    }
}
