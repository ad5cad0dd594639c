package org.shadowmmu.engine.shadow;

import java.util.Objects;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.MmuLock;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.memory.MemslotTable;

/** Reverse maps: for each guest frame and level, the leaf SPTEs that map it; and what is done to all of those. */
public final class Rmaps {
    private static final Counter[] LEAVES = {Counter.PAGES_4K, Counter.PAGES_2M, Counter.PAGES_1G};

    private final MemslotTable memslots;
    private final ShadowPages pages;
    private final PteLists lists;
    private final Counters counters;
    private final Work work;
    private final MmuLock lock;

    Rmaps(MemslotTable memslots, ShadowPages pages, Counters counters, Work work, MmuLock lock) {
        this.memslots = memslots;
        this.pages = pages;
        this.lists = pages.lists();
        this.counters = counters;
        this.work = work;
        this.lock = lock;
    }

    /** The statistic that counts leaves of a level. */
    public static Counter leafCounter(int level) {
        return LEAVES[level - 1];
    }

    /** Enters a leaf that was just written into its reverse map (ST-25); returns the count of RM-3. */
    public int add(ShadowPage page, int index, Memslot slot, long gfn) {
        int level = page.level();
        int at = slot.index(gfn, level);
        slot.setRmap(level, at, lists.add(slot.rmap(level, at), PteLists.entry(page.id, index)));
        counters.add(LEAVES[level - 1], 1);
        work.add(WorkCounter.LEAVES_SET);
        int before = lists.countBeforeAdd();
        counters.max(Counter.MAX_MMU_RMAP_SIZE, before);
        return before;
    }

    /** Clears an entry that is no link: a leaf leaves its reverse map, an MMIO entry just goes (ST-31). */
    public void drop(ShadowPage page, int index) {
        long spte = page.spt[index];
        page.spt[index] = 0;
        if (!Spte.present(spte)) {
            return;
        }
        int level = page.level();
        long gfn = page.gfnOf(index);
        Memslot slot = slotOf(page, gfn);
        int at = slot.index(gfn, level);
        slot.setRmap(level, at, lists.remove(slot.rmap(level, at), PteLists.entry(page.id, index)));
        counters.add(LEAVES[level - 1], -1);
        work.add((spte & Spte.DIRTY) != 0 ? WorkCounter.LEAVES_ZAPPED_DIRTY : WorkCounter.LEAVES_ZAPPED_CLEAN);
        lock.zapped(1);
    }

    private Memslot slotOf(ShadowPage page, long gfn) {
        return Objects.requireNonNull(
                memslots.find(Role.addressSpace(page.role), gfn), "a mapped frame lies in a memslot");
    }

    /** Drops every leaf of one reverse map, in its order (MN-10); returns whether there was one. */
    public boolean zap(Memslot slot, int level, int index) {
        boolean any = false;
        for (int head = slot.rmap(level, index); head != PteLists.EMPTY; head = slot.rmap(level, index)) {
            int entry = lists.first(head);
            drop(pages.byId(PteLists.pageId(entry)), PteLists.index(entry));
            lock.looked(1);
            any = true;
        }
        return any;
    }

    /** Drops every leaf that maps a frame of the range: levels 1, 2, 3, frames ascending (MN-10). */
    public boolean zapRange(Memslot slot, long firstGfn, long endGfn) {
        boolean any = false;
        for (int level = 1; level <= Memslot.LEAF_LEVELS; level++) {
            int last = slot.index(endGfn - 1, level);
            lock.looked(last - slot.index(firstGfn, level) + 1);
            if (slot.anyRmap(level)) {
                for (int at = slot.index(firstGfn, level); at <= last; at++) {
                    any |= zap(slot, level, at);
                }
            }
        }
        return any;
    }

    /** Write-protects for a guest page table, the strong form (ST-40); returns whether a flush is needed. */
    public boolean protectGuestTable(Memslot slot, long gfn, int minLevel) {
        boolean flush = false;
        for (int level = minLevel; level <= Memslot.LEAF_LEVELS; level++) {
            flush |= clear(slot, level, slot.index(gfn, level), Spte.WRITABLE | Spte.MMU_WRITABLE);
        }
        return flush;
    }

    /** Write-protects for dirty logging, the weak form (ST-40); returns whether a flush is needed. */
    public boolean protectForDirtyLog(Memslot slot, int level, int index) {
        return clear(slot, level, index, Spte.WRITABLE);
    }

    private boolean clear(Memslot slot, int level, int index, long bits) {
        boolean flush = false;
        for (long at = lists.start(slot.rmap(level, index)); at >= 0; at = lists.next(at)) {
            lock.looked(1);
            int entry = lists.at(at);
            long[] spt = pages.byId(PteLists.pageId(entry)).spt;
            long old = spt[PteLists.index(entry)];
            long cleared = old & ~bits;
            if (cleared != old) {
                spt[PteLists.index(entry)] = cleared;
                flush |= Spte.needsFlush(old, cleared);
            }
        }
        return flush;
    }
}
