package org.shadowmmu.engine.tdp;

import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Rmaps;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Changes entries of the TDP MMU, with everything that a change entails (TDP-10, TDP-14, TDP-16). */
public final class TdpEntries {
    private static final int PRESENT_SHIFT = Long.numberOfTrailingZeros(Spte.SHADOW_PRESENT);

    private final MmuCore core;
    private final boolean eachTableFlushes;

    TdpEntries(MmuCore core) {
        this.core = core;
        this.eachTableFlushes = core.options.departs(WhatIf.EACH_TABLE_FLUSHES);
    }

    /**
     * Sets an entry (TDP-10).
     *
     * @param shared whether the lock is held for read; a tear-down then reports empty entries, too (TDP-14)
     */
    public void set(ShadowPage table, int index, long value, boolean shared) {
        if (core.events.heard() && FoldedEntry.is(table.spt[index])) {
            core.pages.child(table, index);
        }
        long old = table.spt[index];
        if (old == value) {
            return;
        }
        table.spt[index] = value;
        int level = table.level();
        core.events.tdpSpteChanged(Role.addressSpace(table.role), table.gfnOf(index), level, old, value);
        boolean wasPresent = Spte.present(old);
        boolean isPresent = Spte.present(value);
        boolean wasLeaf = wasPresent && Spte.leaf(old, level);
        boolean isLeaf = isPresent && Spte.leaf(value, level);
        if (isLeaf && !wasLeaf) {
            core.work.add(WorkCounter.LEAVES_SET);
        } else if (wasLeaf && !isLeaf) {
            core.work.add((old & Spte.DIRTY) != 0 ? WorkCounter.LEAVES_ZAPPED_DIRTY : WorkCounter.LEAVES_ZAPPED_CLEAN);
        }
        if (wasLeaf != isLeaf) {
            core.counters.add(Rmaps.leafCounter(level), isLeaf ? 1 : -1);
        }
        if (wasPresent && !isPresent) {
            core.lock.zapped(1);
        }
        if (wasPresent && !wasLeaf && (isLeaf || !isPresent)) {
            if (FoldedEntry.is(old)) {
                tearDownFolded(old, level, shared);
            } else {
                tearDown(core.pages.child(old), shared);
            }
        }
    }

    /** What {@link #tearDown} does to the table below a folded entry and to all below it, when nobody hears it. */
    private void tearDownFolded(long folded, int level, boolean shared) {
        long tables = FoldedEntry.tables(level);
        long leaves = FoldedEntry.leaves(folded, level);
        long entries = tables * ShadowPage.ENTRIES;
        long present = tables - 1 + leaves;
        core.work.add(WorkCounter.ENTRIES_SCANNED, entries);
        core.lock.looked(entries);
        countZapped(leaves, (folded & Spte.DIRTY) != 0 ? leaves : 0);
        core.counters.add(Rmaps.leafCounter(1), -leaves);
        core.lock.zapped(present);
        core.events.skip(tables + (shared ? entries : present));
        for (long table = eachTableFlushes ? tables : 0; table > 0; table--) {
            core.requests.remoteFlush();
        }
    }

    /**
     * Zaps the leaves below a folded entry one by one, when nobody hears it or yields between them; the tables stay. The lock
     * counts every entry of the subtree in a step of its own, as the walk does that comes to each.
     *
     * @return whether there were leaves
     */
    boolean zapFoldedLeavesUnheard(ShadowPage table, int index) {
        long folded = table.spt[index];
        int level = table.level();
        long leaves = FoldedEntry.leaves(folded, level);
        table.spt[index] = FoldedEntry.EMPTY;
        countZapped(leaves, (folded & Spte.DIRTY) != 0 ? leaves : 0);
        core.counters.add(Rmaps.leafCounter(1), -leaves);
        core.lock.zappedOneByOne(FoldedEntry.tables(level) * ShadowPage.ENTRIES, leaves);
        core.events.skip(leaves);
        return leaves > 0;
    }

    /** Takes a table apart whose entry is gone, and what lies below it (TDP-14). */
    private void tearDown(ShadowPage table, boolean shared) {
        core.events.prepareZapPage(table.gfn, table.role, table.rootCount, false, 0);
        if (table.nxSplit) {
            table.nxSplit = false;
            core.counters.add(Counter.NX_LPAGE_SPLITS, -1);
        }
        core.work.add(WorkCounter.ENTRIES_SCANNED, ShadowPage.ENTRIES);
        core.lock.looked(ShadowPage.ENTRIES);
        if (table.level() == 1 && !core.events.heard()) {
            removeLeavesUnheard(table, shared);
        } else {
            for (int index = 0; index < ShadowPage.ENTRIES; index++) {
                if (shared || Spte.present(table.spt[index])) {
                    set(table, index, Spte.REMOVED, shared);
                }
            }
        }
        if (eachTableFlushes) {
            core.requests.remoteFlush();
        }
        core.pages.freeTdp(table);
    }

    /** Zaps the leaves of a level-1 table from one index to another, when nobody hears it or yields between them. */
    void zapLeavesUnheard(ShadowPage table, int from, int last) {
        long[] spt = table.spt;
        int leaves = 0;
        int dirty = 0;
        for (int index = from; index <= last; index++) {
            if (Spte.present(spt[index])) {
                dirty += (spt[index] & Spte.DIRTY) != 0 ? 1 : 0;
                spt[index] = 0;
                leaves++;
            }
        }
        countZapped(leaves, dirty);
        core.counters.add(Rmaps.leafCounter(1), -leaves);
        core.lock.zappedOneByOne(last - from, leaves);
        core.events.skip(leaves);
    }

    /** What removing each entry of a level-1 table does, when nobody hears it; the table is freed next. */
    private void removeLeavesUnheard(ShadowPage table, boolean shared) {
        long present = 0;
        long dirty = 0;
        for (long spte : table.spt) {
            present += spte & Spte.SHADOW_PRESENT;
            dirty += (spte & Spte.DIRTY) * (spte >>> PRESENT_SHIFT & 1);
        }
        int leaves = (int) (present / Spte.SHADOW_PRESENT);
        countZapped(leaves, dirty / Spte.DIRTY);
        core.counters.add(Rmaps.leafCounter(1), -leaves);
        core.lock.zapped(leaves);
        core.events.skip(shared ? ShadowPage.ENTRIES : leaves);
    }

    private void countZapped(long leaves, long dirty) {
        core.work.add(WorkCounter.LEAVES_ZAPPED_DIRTY, dirty);
        core.work.add(WorkCounter.LEAVES_ZAPPED_CLEAN, leaves - dirty);
    }

    /** Removes an entry for good while faults may run: frozen, flushed, then empty without an event (TDP-16). */
    public void removeAndFlush(ShadowPage table, int index) {
        set(table, index, Spte.REMOVED, true);
        core.requests.remoteFlush();
        table.spt[index] = 0;
    }

    /** Makes an empty table for an entry; the caller links it (TDP-17). */
    public ShadowPage newTable(ShadowPage parent, int index) {
        int role = Role.withLevel(parent.role, parent.level() - 1) & ~Role.INVALID;
        ShadowPage table = core.pages.createTdp(parent.gfnOf(index), role);
        core.events.getPage(table.gfn, table.role, 0, false, 0, true);
        core.lock.looked(1);
        return table;
    }

    /** Splits a huge leaf into a full table (TDP-43); returns the table. */
    public ShadowPage split(ShadowPage table, int index) {
        long huge = table.spt[index];
        int level = table.level();
        ShadowPage child = newTable(table, index);
        for (int i = 0; i < ShadowPage.ENTRIES; i++) {
            child.spt[i] = Spte.splitChild(huge, level, i, Role.access(child.role), core.options.nxHugePages());
        }
        core.counters.add(Rmaps.leafCounter(level - 1), ShadowPage.ENTRIES);
        set(table, index, Spte.nonLeaf(child.id, false), true);
        core.events.splitHugePage(table.gfnOf(index), huge, level, 0);
        return child;
    }
}
