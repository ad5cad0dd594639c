package org.shadowmmu.engine.shadow;

import org.jspecify.annotations.Nullable;

/**
 * What the leaves of a page with guest entries translate: guest frame and access of each (SP-1).
 *
 * <p>Most guests map runs of frames, so a page whose leaves follow one run needs no table: one word stands for all of its
 * entries, until one deviates. A guest has 40 physical address bits at most, so that frame and access fit in an int.
 */
final class LeafTranslations {
    private static final int ENTRIES = 512;
    private static final int GFN_SHIFT = 3;

    /** Frame and access ({@code gfn << 3 | access}) of each entry, once they follow no run. */
    private int @Nullable [] each;

    private boolean tabled;
    private boolean run;
    /** Frame that entry 0 has or would have, and the access of all, as in {@link #each}. */
    private long first;

    /** Forgets every entry. */
    void clear() {
        tabled = false;
        run = false;
    }

    /** Whether no entry was set. */
    boolean isEmpty() {
        return !run;
    }

    private long word(int index, int level) {
        if (tabled && each != null) {
            return each[index];
        }
        return run ? first + ((long) index << 9 * (level - 1) + GFN_SHIFT) : 0;
    }

    /** The guest frame of an entry that was set. */
    long gfn(int index, int level) {
        return word(index, level) >>> GFN_SHIFT;
    }

    /** The access of an entry that was set. */
    int access(int index, int level) {
        return (int) word(index, level) & Role.ACC_ALL;
    }

    /** Sets an entry. */
    void set(int index, int level, long gfn, int access) {
        long value = gfn << GFN_SHIFT | access;
        if (tabled && each != null) {
            each[index] = Math.toIntExact(value);
            return;
        }
        if (!run) {
            run = true;
            first = value - ((long) index << 9 * (level - 1) + GFN_SHIFT);
            return;
        }
        if (word(index, level) == value) {
            return;
        }
        int[] table = each == null ? new int[ENTRIES] : each;
        for (int i = 0; i < ENTRIES; i++) {
            table[i] = (int) word(i, level);
        }
        table[index] = Math.toIntExact(value);
        each = table;
        tabled = true;
    }
}
