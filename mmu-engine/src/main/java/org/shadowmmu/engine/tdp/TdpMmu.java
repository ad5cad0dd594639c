package org.shadowmmu.engine.tdp;

import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** The TDP MMU of one virtual machine: roots (TDP-1 to TDP-5, TDP-20 to TDP-24) and ranges (TDP-30 to TDP-44). */
public final class TdpMmu {
    private static final int LEAVES = 1;
    private static final ShadowPage[] NONE = {};

    private final MmuCore core;
    private final TdpEntries entries;
    private final TdpIterator iterator;
    private final RangeMapper mapper;

    /** Makes the TDP MMU of a virtual machine. */
    public TdpMmu(MmuCore core) {
        this.core = core;
        this.entries = new TdpEntries(core);
        this.iterator = new TdpIterator(core.pages, core.work, core.lock);
        this.mapper = new RangeMapper(core);
    }

    /** How ranges are mapped without faults. */
    public RangeMapper mapper() {
        return mapper;
    }

    /** How entries are changed. */
    public TdpEntries entries() {
        return entries;
    }

    // ---- roots -----------------------------------------------------------------------------------------------------

    /** Takes the root with this role for a virtual CPU, or makes it (TDP-3). */
    public ShadowPage acquire(int role) {
        for (ShadowPage root : core.tdpRoots) {
            if (root.role == role) {
                root.rootCount++;
                return root;
            }
        }
        ShadowPage root = core.pages.createTdp(0, role);
        core.events.getPage(root.gfn, root.role, 0, false, 0, true);
        // One reference for the virtual CPU, one for the MMU itself.
        root.rootCount = 2;
        core.tdpRoots.add(0, root);
        return root;
    }

    /** Lets a reference to a root go; the root is freed with the last (TDP-4). */
    public void release(ShadowPage root) {
        if (--root.rootCount == 0) {
            core.tdpRoots.remove(root);
            core.pages.freeTdp(root);
        }
    }

    /** Makes every root invalid; {@link #zapInvalidated} zaps them (TDP-20). */
    public void invalidateRoots() {
        for (ShadowPage root : core.tdpRoots) {
            if (!Role.invalid(root.role)) {
                root.role |= Role.INVALID;
                root.zapScheduled = true;
            }
        }
    }

    /** Zaps the roots that were made invalid, in list order (TDP-21). */
    public void zapInvalidated() {
        core.lock.read(LockedWork.ROOT_ZAP);
        for (ShadowPage root : roots()) {
            if (root.zapScheduled) {
                root.zapScheduled = false;
                zapRoot(root);
                release(root);
            }
        }
        core.lock.release();
    }

    /** Zaps all below a root in passes, each cutting the present entries of one level (TDP-22, TDP-23). */
    private void zapRoot(ShadowPage root) {
        RootZapOrder order = core.policies.rootZapOrder(root.level(), Role.addressSpace(root.role));
        RootZapOrder meant =
                order == RootZapOrder.UPSTREAM ? core.options.era().tdp().rootZapOrder() : order;
        for (int pass : meant.passLevels()) {
            int level = pass == 0 ? root.level() : pass;
            for (iterator.start(root, 0, endOf(root), level); iterator.valid(); iterator.next()) {
                if (iterator.yields() || !Spte.present(iterator.spte())) {
                    continue;
                }
                if (iterator.level() == level) {
                    cut(true);
                } else if (level == LEAVES && foldedUnheard()) {
                    cutFolded();
                }
            }
        }
    }

    /** Whether the iterator is at a folded entry whose leaves can go at once, for nobody can tell. */
    private boolean foldedUnheard() {
        return iterator.atWholeFolded() && !core.events.heard() && core.lock.neverYields();
    }

    /** Zaps the leaves below the folded entry at which the iterator is; returns whether there were any. */
    private boolean cutFolded() {
        int level = iterator.level();
        long stops = FoldedEntry.tables(level) - 1 + FoldedEntry.leaves(iterator.spte(), level);
        iterator.passBelow(stops);
        return entries.zapFoldedLeavesUnheard(iterator.table(), iterator.index());
    }

    /** Zaps the present entry at which the iterator is; if nobody can tell, also the leaves that follow in its table. */
    private void cut(boolean shared) {
        if (iterator.level() == 1 && !core.events.heard() && core.lock.neverYields()) {
            int last = iterator.lastInTable();
            entries.zapLeavesUnheard(iterator.table(), iterator.index(), last);
            iterator.skipTo(last);
        } else {
            entries.set(iterator.table(), iterator.index(), 0, shared);
        }
    }

    /** The roots now; the list may change while the lock is let go. */
    private ShadowPage[] roots() {
        return core.tdpRoots.toArray(NONE);
    }

    /** Keeps a root over a walk that may yield; returns false if it is gone already. The caller releases it. */
    private boolean hold(ShadowPage root) {
        if (!core.tdpRoots.contains(root)) {
            return false;
        }
        root.rootCount++;
        return true;
    }

    static long endOf(ShadowPage root) {
        return 1L << 9 * root.level();
    }

    // ---- ranges ----------------------------------------------------------------------------------------------------

    /** Zaps the leaves of a range; tables stay (TDP-30). Returns whether a flush is needed. */
    public boolean zapLeaves(int addressSpace, long first, long end) {
        boolean any = false;
        for (ShadowPage root : roots()) {
            if (Role.addressSpace(root.role) != addressSpace || !hold(root)) {
                continue;
            }
            for (iterator.start(root, first, end, LEAVES); iterator.valid(); iterator.next()) {
                if (iterator.wantsYield()) {
                    flushNow(any);
                    any = false;
                    iterator.letGo();
                } else if (atLeaf()) {
                    cut(false);
                    any = true;
                } else if (foldedUnheard()) {
                    any |= cutFolded();
                }
            }
            release(root);
        }
        return any;
    }

    private void flushNow(boolean needed) {
        if (needed) {
            core.requests.remoteFlush();
        }
    }

    private boolean atLeaf() {
        long spte = iterator.spte();
        return Spte.present(spte) && Spte.leaf(spte, iterator.level());
    }

    private static boolean concerns(ShadowPage root, Memslot slot) {
        return Role.addressSpace(root.role) == slot.addressSpace();
    }

    /** Write-protects the leaves of a slot for dirty logging (TDP-40). */
    public void protectSlot(Memslot slot, int minLevel) {
        for (ShadowPage root : roots()) {
            if (Role.invalid(root.role) || !concerns(root, slot) || !hold(root)) {
                continue;
            }
            for (iterator.start(root, slot.baseGfn(), slot.endGfn(), minLevel); iterator.valid(); iterator.next()) {
                if (!iterator.yields() && atLeaf() && Spte.writable(iterator.spte())) {
                    entries.set(iterator.table(), iterator.index(), iterator.spte() & ~Spte.WRITABLE, true);
                }
            }
            release(root);
        }
    }

    /** Write-protects 4 KiB leaves whose bits are set, from a frame on (TDP-44). */
    public void protectMasked(Memslot slot, long gfn, long mask) {
        long end = Math.min(gfn + Long.SIZE, slot.endGfn());
        for (ShadowPage root : core.tdpRoots) {
            if (!concerns(root, slot)) {
                continue;
            }
            for (iterator.start(root, gfn, end, LEAVES); iterator.valid(); iterator.next()) {
                if (iterator.level() == 1
                        && Spte.present(iterator.spte())
                        && (mask & 1L << iterator.gfn() - gfn) != 0
                        && Spte.writable(iterator.spte())) {
                    entries.set(iterator.table(), iterator.index(), iterator.spte() & ~Spte.WRITABLE, false);
                }
            }
        }
    }

    /** Write-protects the leaf that maps a guest page table (TDP-42); returns whether one changed. */
    public boolean protectGuestTable(Memslot slot, long gfn, int minLevel) {
        boolean changed = false;
        for (ShadowPage root : core.tdpRoots) {
            if (!concerns(root, slot)) {
                continue;
            }
            for (iterator.start(root, gfn, gfn + 1, minLevel); iterator.valid(); iterator.next()) {
                long spte = iterator.spte();
                if (atLeaf() && (spte & (Spte.WRITABLE | Spte.MMU_WRITABLE)) != 0) {
                    entries.set(iterator.table(), iterator.index(), spte & ~(Spte.WRITABLE | Spte.MMU_WRITABLE), false);
                    changed = true;
                }
            }
        }
        return changed;
    }

    /** Removes tables of a slot that could be huge leaves (TDP-41). */
    public void zapCollapsible(Memslot slot) {
        for (ShadowPage root : roots()) {
            if (Role.invalid(root.role) || !concerns(root, slot) || !hold(root)) {
                continue;
            }
            for (iterator.start(root, slot.baseGfn(), slot.endGfn(), 2); iterator.valid(); iterator.next()) {
                int level = iterator.level();
                if (!iterator.yields()
                        && level <= Memslot.LEAF_LEVELS
                        && Spte.presentNonLeaf(iterator.spte(), level)
                        && slot.contains(iterator.gfn())
                        && level <= slot.possibleLevel(iterator.gfn())) {
                    collapse(iterator.table(), iterator.index());
                }
            }
            release(root);
        }
    }

    private void collapse(ShadowPage table, int index) {
        if (core.options.era().tdp().collapseFreezes()) {
            entries.removeAndFlush(table, index);
        } else {
            entries.set(table, index, 0, true);
            core.requests.remoteFlush();
        }
    }

    /** Splits the huge leaves of a range to 4 KiB (TDP-43). */
    public void splitHugePages(Memslot slot, long first, long end) {
        for (ShadowPage root : roots()) {
            if (Role.invalid(root.role) || !concerns(root, slot) || !hold(root)) {
                continue;
            }
            for (iterator.start(root, first, end, 2); iterator.valid(); iterator.next()) {
                if (!iterator.yields() && iterator.level() <= Memslot.LEAF_LEVELS && atLeaf()) {
                    entries.split(iterator.table(), iterator.index());
                }
            }
            release(root);
        }
    }
}
