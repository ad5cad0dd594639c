package org.shadowmmu.engine.audit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.memory.MemslotTable;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Invariants of the guest tables that pages mirror: what is counted for them in the slots, and their protection. */
final class GuestTableChecks {
    private final MmuCore core;
    private final Census census;
    private final Violations violations;
    private int[] expected = new int[64];

    GuestTableChecks(MmuCore core, Census census, Violations violations) {
        this.core = core;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        indirectCountIsValidPagesOfGuestTables();
        for (int space = 0; space < MemslotTable.ADDRESS_SPACES; space++) {
            for (int place = 0; place < core.memslots.count(space); place++) {
                Memslot slot = core.memslots.slot(space, place);
                trackCountsAreShadowedDirectories(slot);
                for (int level = 2; level <= Memslot.LEAF_LEVELS; level++) {
                    disallowCountsAreAlignmentAndShadowedTables(slot, level);
                }
            }
        }
        if (census.ofGuestTables() > 0) {
            for (int i = 0; i < census.pages(); i++) {
                shadowedGuestTablesAreWriteProtected(census.page(i));
            }
        }
    }

    /** INV-13. */
    private void indirectCountIsValidPagesOfGuestTables() {
        if (core.pages.indirect() != census.ofGuestTables()) {
            violations.addNumber(
                    Invariant.INDIRECT_COUNT_IS_VALID_PAGES_OF_GUEST_TABLES,
                    "indirect_shadow_pages",
                    core.pages.indirect(),
                    census.ofGuestTables());
        }
    }

    /** INV-11, and in the same walk the counts by frame behind INV-12: every frame has the right ones, and no more have any. */
    private void trackCountsAreShadowedDirectories(Memslot slot) {
        int tables = 0;
        int directories = 0;
        if (census.ofGuestTables() > 0) {
            for (int i = 0; i < census.pages(); i++) {
                ShadowPage page = census.page(i);
                if (isTableIn(slot, page) && page == firstTableOf(page.gfn, slot)) {
                    tables++;
                    directories += directoriesAt(slot, page) > 0 ? 1 : 0;
                }
            }
        }
        expect(
                Invariant.TRACK_COUNTS_ARE_SHADOWED_DIRECTORIES,
                "the number of tracked frames of slot " + slot.id(),
                slot.trackedFrames(),
                directories);
        expect(
                Invariant.DISALLOW_COUNTS_ARE_ALIGNMENT_AND_SHADOWED_TABLES,
                "the number of shadowed frames of slot " + slot.id(),
                slot.tableFrames(),
                tables);
    }

    /** Counts the pages of a frame and checks its accounts; returns how many are directories. */
    private int directoriesAt(Memslot slot, ShadowPage first) {
        int tables = 0;
        int directories = 0;
        for (ShadowPage at = first; at != null; at = core.pages.nextInChain(at)) {
            if (at.gfn == first.gfn && isTableIn(slot, at)) {
                tables++;
                directories += at.level() > 1 ? 1 : 0;
            }
        }
        if (slot.trackCount(first.gfn) != directories) {
            expect(
                    Invariant.TRACK_COUNTS_ARE_SHADOWED_DIRECTORIES,
                    "the track count of " + Violations.name(first),
                    slot.trackCount(first.gfn),
                    directories);
        }
        if (slot.tableCount(first.gfn) != tables) {
            expect(
                    Invariant.DISALLOW_COUNTS_ARE_ALIGNMENT_AND_SHADOWED_TABLES,
                    "the table count of " + Violations.name(first),
                    slot.tableCount(first.gfn),
                    tables);
        }
        return directories;
    }

    private void expect(Invariant invariant, String what, int found, int wanted) {
        if (found != wanted) {
            violations.addNumber(invariant, what, found, wanted);
        }
    }

    private @Nullable ShadowPage firstTableOf(long gfn, Memslot slot) {
        ShadowPage at = core.pages.chain(gfn);
        while (at != null && (at.gfn != gfn || !isTableIn(slot, at))) {
            at = core.pages.nextInChain(at);
        }
        return at;
    }

    private static boolean isTableIn(Memslot slot, ShadowPage page) {
        return Census.mirrors(page) && Role.addressSpace(page.role) == slot.addressSpace() && slot.contains(page.gfn);
    }

    /** INV-12. */
    private void disallowCountsAreAlignmentAndShadowedTables(Memslot slot, int level) {
        int blocks = slot.indexes(level);
        expectAlignment(slot, level, blocks);
        if (census.ofGuestTables() > 0) {
            for (int i = 0; i < census.pages(); i++) {
                if (isTableIn(slot, census.page(i))) {
                    expected[slot.index(census.page(i).gfn, level)]++;
                }
            }
        }
        for (int block = 0; block < blocks; block++) {
            if (slot.disallowCount(level, block) != expected[block]) {
                violations.addNumber(
                        Invariant.DISALLOW_COUNTS_ARE_ALIGNMENT_AND_SHADOWED_TABLES,
                        "the count of block " + block + " of level " + level + " of slot " + slot.id(),
                        slot.disallowCount(level, block),
                        expected[block]);
            }
        }
    }

    /** MS-5. */
    private void expectAlignment(Memslot slot, int level, int blocks) {
        if (expected.length < blocks) {
            expected = new int[2 * blocks];
        }
        long frames = 1L << 9 * (level - 1);
        long hostFrame = slot.backing().pfn(slot.backingPage());
        Arrays.fill(expected, 0, blocks, slot.baseGfn() % frames == hostFrame % frames ? 0 : 1);
        if (slot.baseGfn() % frames != 0) {
            expected[0] = 1;
        }
        if (slot.endGfn() % frames != 0) {
            expected[blocks - 1] = 1;
        }
    }

    /** The gfn protection table of spec 13, in both engines (TDP-42). */
    private void shadowedGuestTablesAreWriteProtected(ShadowPage page) {
        if (!Census.mirrors(page) || page.obsolete() || page.unsync) {
            return;
        }
        Memslot slot = core.memslots.find(Role.addressSpace(page.role), page.gfn);
        if (slot == null) {
            return;
        }
        PteLists lists = core.pages.lists();
        for (int level = 1; level <= Memslot.LEAF_LEVELS; level++) {
            int head = slot.rmap(level, slot.index(page.gfn, level));
            for (long at = lists.start(head); at >= 0; at = lists.next(at)) {
                int entry = lists.at(at);
                leafOfGuestTable(page, census.pageOf(entry), PteLists.index(entry));
            }
        }
        for (int i = 0; i < core.tdpRoots.size(); i++) {
            ShadowPage root = core.tdpRoots.get(i);
            if (Role.addressSpace(root.role) == slot.addressSpace()) {
                leafOfTdpMmu(page, root);
            }
        }
    }

    private void leafOfTdpMmu(ShadowPage table, ShadowPage root) {
        ShadowPage page = root;
        while (true) {
            int level = page.level();
            int index = (int) (table.gfn >>> 9 * (level - 1)) & ShadowPage.ENTRIES - 1;
            long spte = page.spt[index];
            if (!Spte.present(spte)) {
                return;
            }
            if (Spte.leaf(spte, level)) {
                leafOfGuestTable(table, page, index);
                return;
            }
            page = core.pages.child(spte);
        }
    }

    private void leafOfGuestTable(ShadowPage table, ShadowPage holder, int index) {
        if ((holder.spt[index] & (Spte.WRITABLE | Spte.MMU_WRITABLE)) != 0 && !holder.unchecked(index)) {
            violations.add(
                    Invariant.SHADOWED_GUEST_TABLES_ARE_WRITE_PROTECTED,
                    Violations.name(holder, index) + " maps the table of " + Violations.name(table)
                            + ", which is not unsync");
        }
    }
}
