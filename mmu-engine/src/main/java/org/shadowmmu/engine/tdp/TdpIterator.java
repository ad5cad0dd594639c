package org.shadowmmu.engine.tdp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;
import org.shadowmmu.engine.shadow.Spte;

/**
 * Walks the entries of a TDP MMU root in pre-order (TDP-8): every entry of every table it enters, present or not. The entry
 * is read again before the walk steps down, so the visitor may change it.
 */
public final class TdpIterator {
    private static final int MAX_LEVEL = 5;

    private final ShadowPages pages;
    private final Work work;
    private final @Nullable ShadowPage[] tables = new ShadowPage[MAX_LEVEL + 1];
    private final int[] indexes = new int[MAX_LEVEL + 1];
    private int rootLevel;
    private int minLevel;
    private int level;
    private long startGfn;
    private long endGfn;
    private boolean valid;

    /** Makes an iterator over the tables of a virtual machine. */
    public TdpIterator(ShadowPages pages, Work work) {
        this.pages = pages;
        this.work = work;
    }

    /** Goes to the entry of the root that covers {@code first}; the walk ends before {@code end}. */
    public void start(ShadowPage root, long first, long end, int lowestLevel) {
        rootLevel = root.level();
        minLevel = lowestLevel;
        startGfn = first;
        endGfn = end;
        valid = first < end;
        enter(root);
    }

    private void enter(ShadowPage table) {
        level = table.level();
        tables[level] = table;
        long offset = Math.max(startGfn, table.gfn()) - table.gfn();
        indexes[level] = (int) (offset >>> shift(level));
    }

    private static int shift(int level) {
        return 9 * (level - 1);
    }

    /** Whether the iterator is at an entry. */
    public boolean valid() {
        return valid;
    }

    /** Goes to the next entry. */
    public void next() {
        work.add(WorkCounter.ITERATOR_STEPS);
        long spte = spte();
        if (level > minLevel && Spte.presentNonLeaf(spte, level)) {
            enter(pages.child(spte));
            return;
        }
        while (++indexes[level] == ShadowPage.ENTRIES) {
            if (level == rootLevel) {
                valid = false;
                return;
            }
            level++;
        }
        valid = gfn() < endGfn;
    }

    /** The table that holds the entry. */
    public ShadowPage table() {
        return Objects.requireNonNull(tables[level]);
    }

    /** The entry's index. */
    public int index() {
        return indexes[level];
    }

    /** The entry's level. */
    public int level() {
        return level;
    }

    /** The entry's value now. */
    public long spte() {
        return table().spt[indexes[level]];
    }

    /** The first frame that the entry covers. */
    public long gfn() {
        return table().gfn() + ((long) indexes[level] << shift(level));
    }
}
