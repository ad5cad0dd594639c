package org.shadowmmu.engine.audit;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.memory.MemslotTable;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Invariants of the reverse maps. */
final class RmapChecks {
    private static final Invariant IN_RMAP = Invariant.LEAVES_ARE_IN_ONE_RMAP;

    private final MmuCore core;
    private final Census census;
    private final Violations violations;
    private final EntryMarks marks = new EntryMarks();
    private int lists;

    RmapChecks(MmuCore core, Census census, Violations violations) {
        this.core = core;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        leavesAreInOneRmap();
    }

    /**
     * INV-14. A list is read when the leaf that is first in it comes by; so every list of a leaf is read once, and if there
     * are no more lists than were read, every list was.
     */
    private void leavesAreInOneRmap() {
        marks.clear(core.pages.idLimit());
        lists = 0;
        for (int i = 0; i < census.leaves(); i++) {
            readListOf(census.leaf(i));
        }
        for (int i = 0; i < census.leaves(); i++) {
            int leaf = census.leaf(i);
            if (!marks.marked(leaf)) {
                violations.add(
                        IN_RMAP,
                        Violations.name(census.pageOf(leaf), PteLists.index(leaf))
                                + " is in the reverse map of frame 0x"
                                + Long.toHexString(census.pageOf(leaf).gfnOf(PteLists.index(leaf)))
                                + " 0 times instead of 1");
            }
        }
        if (listsInSlots() != lists) {
            violations.addNumber(IN_RMAP, "the number of reverse maps", listsInSlots(), lists);
        }
    }

    private void readListOf(int leaf) {
        ShadowPage page = census.pageOf(leaf);
        int level = page.level();
        long gfn = page.gfnOf(PteLists.index(leaf));
        @Nullable Memslot slot = core.memslots.find(Role.addressSpace(page.role), gfn);
        if (slot == null || level > Memslot.LEAF_LEVELS) {
            return;
        }
        int at = slot.index(gfn, level);
        int head = slot.rmap(level, at);
        if (head == leaf + 1) {
            lists++;
            marks.mark(leaf);
        } else if (head < 0 && core.pages.lists().first(head) == leaf) {
            lists++;
            read(slot, level, at, head);
        }
    }

    private void read(Memslot slot, int level, int index, int head) {
        PteLists all = core.pages.lists();
        for (long at = all.start(head); at >= 0; at = all.next(at)) {
            int entry = all.at(at);
            if (!maps(entry, slot, level, index)) {
                violations.add(
                        IN_RMAP,
                        "reverse map " + index + " of level " + level + " of slot " + slot.id() + " holds entry "
                                + PteLists.index(entry) + " of page number " + PteLists.pageId(entry)
                                + ", which maps no frame of it");
            } else if (marks.mark(entry)) {
                violations.add(
                        IN_RMAP,
                        Violations.name(census.pageOf(entry), PteLists.index(entry))
                                + " is in its reverse map 2 times instead of 1");
            }
        }
    }

    private boolean maps(int entry, Memslot slot, int level, int index) {
        if (!census.exists(entry)) {
            return false;
        }
        ShadowPage page = census.pageOf(entry);
        long spte = page.spt[PteLists.index(entry)];
        long gfn = page.gfnOf(PteLists.index(entry));
        return page.level() == level
                && Spte.present(spte)
                && Spte.leaf(spte, level)
                && Role.addressSpace(page.role) == slot.addressSpace()
                && slot.contains(gfn)
                && slot.index(gfn, level) == index;
    }

    private int listsInSlots() {
        int filled = 0;
        for (int space = 0; space < MemslotTable.ADDRESS_SPACES; space++) {
            for (int place = 0; place < core.memslots.count(space); place++) {
                for (int level = 1; level <= Memslot.LEAF_LEVELS; level++) {
                    filled += core.memslots.slot(space, place).filledRmaps(level);
                }
            }
        }
        return filled;
    }
}
