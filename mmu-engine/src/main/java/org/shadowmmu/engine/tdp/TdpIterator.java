package org.shadowmmu.engine.tdp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.MmuLock;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;
import org.shadowmmu.engine.shadow.Spte;

/**
 * Walks the entries of a TDP MMU root in pre-order (TDP-8). The entry is read again before the walk steps down, so the
 * visitor may change it.
 *
 * <p>It looks at every entry of every table it enters, and the lock counts each; but it stops only at present ones, and at
 * the others if the kernel may yield there.
 */
public final class TdpIterator {
    private static final int MAX_LEVEL = 5;
    private static final long NOWHERE = -1;

    private final ShadowPages pages;
    private final Work work;
    private final MmuLock lock;
    private final @Nullable ShadowPage[] tables = new ShadowPage[MAX_LEVEL + 1];
    private final int[] indexes = new int[MAX_LEVEL + 1];
    private int rootLevel;
    private int minLevel;
    private int level;
    private long startGfn;
    private long endGfn;
    private long yieldedAt;
    private boolean restarted;
    private boolean passesBelow;
    private boolean valid;

    /** Makes an iterator over the tables of a virtual machine. */
    public TdpIterator(ShadowPages pages, Work work, MmuLock lock) {
        this.pages = pages;
        this.work = work;
        this.lock = lock;
    }

    /** Goes to the entry of the root that covers {@code first}; the walk ends before {@code end}. */
    public void start(ShadowPage root, long first, long end, int lowestLevel) {
        rootLevel = root.level();
        minLevel = lowestLevel;
        startGfn = first;
        endGfn = end;
        yieldedAt = NOWHERE;
        restarted = false;
        passesBelow = false;
        valid = first < end;
        enter(root);
        if (valid) {
            arrive();
        }
    }

    /** Arrives at an entry; passes over entries that are not present, unless the kernel may yield at them. */
    private void arrive() {
        lock.looked(1);
        while (lock.neverYields() && !Spte.present(spte())) {
            wantsYield();
            passInTable();
            if (Spte.present(spte())) {
                return;
            }
            wantsYield();
            up();
            if (!valid) {
                return;
            }
            lock.looked(1);
        }
    }

    /** Goes to the next present entry of the table, or to the last one that the walk covers. */
    private void passInTable() {
        long[] spt = table().spt;
        int from = indexes[level];
        int last = lastInTable();
        int at = from;
        while (at < last && !Spte.present(spt[at])) {
            at++;
        }
        if (at > from) {
            lock.lookedOneByOne(at - from - 1);
            lock.looked(1);
            indexes[level] = at;
        }
    }

    /** The index of the last entry of the table that the walk covers. */
    public int lastInTable() {
        return (int) Math.min(ShadowPage.ENTRIES - 1, indexes[level] + (endGfn - 1 - gfn() >> shift(level)));
    }

    /** Goes to a later entry of the table; the caller counts those between. */
    void skipTo(int index) {
        work.add(WorkCounter.ITERATOR_STEPS, index - indexes[level]);
        indexes[level] = index;
    }

    /** Whether the entry is folded and the walk covers and enters all that it stands for. */
    boolean atWholeFolded() {
        long first = gfn();
        return level > minLevel
                && FoldedEntry.is(spte())
                && first >= startGfn
                && first + (1L << shift(level)) <= endGfn;
    }

    /** Does not go below the folded entry, where it would stop at {@code stops} entries; the caller counts what it looks at. */
    void passBelow(long stops) {
        work.add(WorkCounter.ITERATOR_STEPS, stops);
        passesBelow = true;
    }

    /** Whether the kernel wants to yield here, and may: the walk went forward since it last did (TDP-9). */
    public boolean wantsYield() {
        return cursor() != yieldedAt && lock.wantsYield(YieldPoint.TDP_ENTRY);
    }

    private long cursor() {
        return Math.max(gfn(), startGfn);
    }

    /** Lets the lock go if {@link #wantsYield}; returns whether it did. */
    public boolean yields() {
        if (!wantsYield()) {
            return false;
        }
        letGo();
        return true;
    }

    /** Lets the lock go; {@link #next} then goes to the entry of the root that covers the frame where the walk was. */
    public void letGo() {
        long cursor = cursor();
        ShadowPage root = Objects.requireNonNull(tables[rootLevel]);
        long end = endGfn;
        int lowestLevel = minLevel;
        lock.letGo(YieldPoint.TDP_ENTRY);
        start(root, cursor, end, lowestLevel);
        yieldedAt = cursor;
        restarted = true;
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
        if (restarted) {
            restarted = false;
            return;
        }
        work.add(WorkCounter.ITERATOR_STEPS);
        long spte = spte();
        if (level > minLevel && !passesBelow && Spte.presentNonLeaf(spte, level)) {
            enter(pages.child(table(), index()));
        } else {
            passesBelow = false;
            up();
        }
        if (valid) {
            arrive();
        }
    }

    private void up() {
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
