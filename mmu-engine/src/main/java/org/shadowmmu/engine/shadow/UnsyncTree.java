package org.shadowmmu.engine.shadow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.era.SyncRules;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.memory.Memslot;

/** Which pages are unsync, and the marks that lead from a root down to them (US-1 to US-13). */
public final class UnsyncTree {
    /** Pages that one walk collects at most, the start page included (KVM_PAGE_ARRAY_NR, US-12). */
    private static final int BATCH = 16;

    private final MmuCore core;
    private final SyncRules rules;
    private final @Nullable ShadowPage[] batch = new ShadowPage[BATCH];
    private final int[] indexInParent = new int[BATCH];
    private final int[] parentPlace = new int[BATCH];
    private int size;

    UnsyncTree(MmuCore core) {
        this.core = core;
        this.rules = core.options.era().sync();
    }

    /**
     * Asks whether the frame may be mapped writable, and makes its level-1 pages unsync if that is what it takes (US-1).
     *
     * @return false if the mapping must stay read-only
     */
    boolean allowWritable(Memslot slot, long gfn, boolean canUnsync, boolean prefetch) {
        if (slot.trackCount(gfn) > 0) {
            return false;
        }
        if (core.pages.indirect() == 0) {
            return true;
        }
        ShadowPages pages = core.pages;
        int left = tablesAt(slot, gfn);
        if (left == 0) {
            pages.countChain(gfn, 0);
            return true;
        }
        long before = core.work.get(WorkCounter.CHAIN_STEPS);
        ShadowPage page = pages.nextWithGptes(pages.chain(gfn), gfn);
        if (rules.onlySoleRoleUnsyncs() && page != null && hasAnother(page)) {
            return false;
        }
        while (page != null) {
            if (!canUnsync) {
                return false;
            }
            if (!page.unsync) {
                if (prefetch && !rules.prefetchUnsyncs()) {
                    return false;
                }
                makeUnsync(page);
            }
            if (--left == 0 && !rules.onlySoleRoleUnsyncs()) {
                pages.countChain(gfn, core.work.get(WorkCounter.CHAIN_STEPS) - before);
                return true;
            }
            page = pages.nextWithGptes(pages.nextInChain(page), gfn);
        }
        return true;
    }

    /**
     * How many pages shadow the frame, by the accounts of SP-16: a walk of the chain may end with the last of them. Pages of
     * both address spaces are in one chain.
     */
    private int tablesAt(Memslot slot, long gfn) {
        int otherSpace = 1 - slot.addressSpace();
        Memslot other = core.memslots.count(otherSpace) == 0 ? null : core.memslots.find(otherSpace, gfn);
        return slot.tableCount(gfn) + (other == null ? 0 : other.tableCount(gfn));
    }

    private boolean hasAnother(ShadowPage page) {
        return core.pages.nextWithGptes(core.pages.nextInChain(page), page.gfn) != null;
    }

    private void makeUnsync(ShadowPage page) {
        core.events.unsyncPage(page.gfn, page.role, page.rootCount, page.unsync, page.generation);
        core.counters.add(Counter.MMU_UNSYNC, 1);
        page.unsync = true;
        core.policies.pageUnsynced(page);
        markParents(page);
    }

    /** Ends a page's unsync state with its event (US-20.2, ZAP-1.6). */
    public void clearUnsync(ShadowPage page) {
        core.events.syncPage(page.gfn, page.role, page.rootCount, page.unsync, page.generation);
        core.counters.add(Counter.MMU_UNSYNC, -1);
        page.unsync = false;
    }

    /** Marks the way to a page that is unsync or has such pages below, in every parent (US-5). */
    public void markParents(ShadowPage page) {
        PteLists lists = core.pages.lists();
        for (long at = lists.start(page.parents); at >= 0; at = lists.next(at)) {
            int entry = lists.at(at);
            mark(core.pages.byId(PteLists.pageId(entry)), PteLists.index(entry));
        }
    }

    /** Marks one entry that leads to an unsync page, and the way to it (US-5, US-6). */
    public void mark(ShadowPage parent, int index) {
        long[] marks = parent.unsyncChild;
        if (marks == null) {
            marks = new long[ShadowPage.ENTRIES / Long.SIZE];
            parent.unsyncChild = marks;
        }
        long bit = 1L << index;
        if ((marks[index >> 6] & bit) != 0) {
            return;
        }
        marks[index >> 6] |= bit;
        if (parent.unsyncChildren++ == 0) {
            markParents(parent);
        }
    }

    private static void unmark(ShadowPage parent, int index) {
        long[] marks = Objects.requireNonNull(parent.unsyncChild);
        long bit = 1L << index;
        if ((marks[index >> 6] & bit) != 0) {
            marks[index >> 6] &= ~bit;
            parent.unsyncChildren--;
        }
    }

    /** Collects unsync pages below a page (US-12); returns whether the batch holds any. */
    public boolean collect(ShadowPage start) {
        size = 0;
        if (start.unsyncChildren == 0) {
            return false;
        }
        add(start, 0, 0);
        return collectBelow(start, 0) != 0;
    }

    /** Returns the number of unsync pages found below, or -1 if the batch is full. */
    private int collectBelow(ShadowPage page, int place) {
        int found = 0;
        int level = page.level();
        long[] marks = Objects.requireNonNull(page.unsyncChild);
        for (int word = 0; word < marks.length; word++) {
            for (long rest = marks[word]; rest != 0; rest &= rest - 1) {
                int index = word * Long.SIZE + Long.numberOfTrailingZeros(rest);
                long spte = page.spt[index];
                if (!Spte.presentNonLeaf(spte, level)) {
                    unmark(page, index);
                    continue;
                }
                ShadowPage child = core.pages.child(spte);
                if (child.unsyncChildren > 0) {
                    int childPlace = size;
                    if (add(child, index, place)) {
                        return -1;
                    }
                    int below = collectBelow(child, childPlace);
                    if (below < 0) {
                        return -1;
                    }
                    if (below == 0) {
                        unmark(page, index);
                    }
                    found += below;
                } else if (child.unsync) {
                    found++;
                    if (add(child, index, place)) {
                        return -1;
                    }
                } else {
                    unmark(page, index);
                }
            }
        }
        return found;
    }

    /** Returns whether the batch is full. */
    private boolean add(ShadowPage page, int index, int place) {
        if (page.unsync) {
            for (int i = 0; i < size; i++) {
                if (batch[i] == page) {
                    return false;
                }
            }
        }
        batch[size] = page;
        indexInParent[size] = index;
        parentPlace[size] = place;
        return ++size == BATCH;
    }

    /** The number of places in the batch; place 0 is the start page. */
    public int batchSize() {
        return size;
    }

    /** The unsync page at a place of the batch; null if the place holds a page on the way. */
    public @Nullable ShadowPage leafAt(int place) {
        ShadowPage page = batch[place];
        return place > 0 && page != null && page.level() == 1 ? page : null;
    }

    /** Clears the marks that led to a place of the batch (US-20.2). */
    public void clearPath(int place) {
        int at = place;
        while (at != 0) {
            ShadowPage parent = Objects.requireNonNull(batch[parentPlace[at]]);
            unmark(parent, indexInParent[at]);
            if (parent.unsyncChildren > 0) {
                return;
            }
            at = parentPlace[at];
        }
    }
}
