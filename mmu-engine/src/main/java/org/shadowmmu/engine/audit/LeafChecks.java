package org.shadowmmu.engine.audit;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Rmaps;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Invariants of the leaves: what they may map, and how. */
final class LeafChecks {
    private final MmuCore core;
    private final Census[] censuses;
    private final Violations violations;
    private final long[] byLevel = new long[Memslot.LEAF_LEVELS];

    LeafChecks(MmuCore core, Violations violations, Census... censuses) {
        this.core = core;
        this.censuses = censuses;
        this.violations = violations;
    }

    void run() {
        java.util.Arrays.fill(byLevel, 0);
        for (Census census : censuses) {
            for (int i = 0; i < census.leaves(); i++) {
                ShadowPage page = census.pageOf(census.leaf(i));
                int index = PteLists.index(census.leaf(i));
                check(page, index, page.level(), page.spt[index], page.gfnOf(index));
            }
            for (int i = 0; i < census.folded(); i++) {
                checkFolded(census.pageOf(census.folded(i)), PteLists.index(census.folded(i)));
            }
            for (int i = 0; i < census.mmio(); i++) {
                int entry = census.mmio(i);
                currentMmioEntriesHaveNoMemory(census.pageOf(entry), PteLists.index(entry));
            }
        }
        leafStatisticsCountLeaves();
        nxStatisticCountsSplitPages();
    }

    /** Every leaf that a folded entry stands for. */
    private void checkFolded(ShadowPage page, int index) {
        long folded = page.spt[index];
        long leaves = FoldedEntry.leaves(folded, page.level());
        for (long number = 0; number < leaves; number++) {
            check(page, index, 1, FoldedEntry.leaf(folded, number), page.gfnOf(index) + number);
        }
    }

    private void check(ShadowPage page, int index, int level, long spte, long gfn) {
        if (level <= byLevel.length) {
            byLevel[level - 1]++;
        }
        boolean writable = Spte.writable(spte);
        if (writable) {
            writableLeavesAreHostAndMmuWritable(page, index, spte);
        }
        Memslot slot = core.memslots.find(Role.addressSpace(page.role), gfn);
        if (!leavesMapTheMemoryOfUsableSlots(page, index, level, spte, gfn, slot) || slot == null) {
            return;
        }
        leavesMapWhatTheHostMaps(page, index, level, spte, gfn, slot);
        if (slot.readOnly()) {
            readOnlySlotsAreNotWritable(page, index, spte);
        }
        if (writable && slot.logsDirty()) {
            writableLeavesOfLoggedSlotsAreDirty(page, index, level, gfn, slot);
        }
    }

    /** INV-20, ST-6. */
    private void writableLeavesAreHostAndMmuWritable(ShadowPage page, int index, long spte) {
        long wanted = Spte.HOST_WRITABLE | Spte.MMU_WRITABLE;
        if ((spte & wanted) != wanted) {
            violations.add(
                    Invariant.WRITABLE_LEAVES_ARE_HOST_AND_MMU_WRITABLE, Violations.name(page, index) + " is not");
        }
    }

    /** Returns whether the leaf lies in a slot that the other checks can look at. */
    private boolean leavesMapTheMemoryOfUsableSlots(
            ShadowPage page, int index, int level, long spte, long gfn, @Nullable Memslot slot) {
        long frames = 1L << 9 * (level - 1);
        String finding;
        if (slot == null) {
            finding = "which lies in no slot";
        } else if (slot.invalid()) {
            finding = "which lies in a slot that is being deleted";
        } else if ((gfn & frames - 1) != 0 || gfn + frames > slot.endGfn()) {
            finding = "and " + (frames - 1) + " more, which is not aligned or leaves its slot";
        } else if (Spte.pfn(spte) != slot.backing().pfn(slot.hostPage(gfn))) {
            finding = "to host frame 0x" + Long.toHexString(Spte.pfn(spte)) + " instead of 0x"
                    + Long.toHexString(slot.backing().pfn(slot.hostPage(gfn)));
        } else {
            return true;
        }
        violations.add(
                Invariant.LEAVES_MAP_THE_MEMORY_OF_USABLE_SLOTS,
                Violations.name(page, index) + " maps frame 0x" + Long.toHexString(gfn) + ", " + finding);
        return false;
    }

    /** MN-10, RC-24b. */
    private void leavesMapWhatTheHostMaps(ShadowPage page, int index, int level, long spte, long gfn, Memslot slot) {
        Backing backing = slot.backing();
        long hostPage = slot.hostPage(gfn);
        boolean writable = (spte & Spte.HOST_WRITABLE) != 0;
        boolean mapped = writable ? backing.presentWritable(hostPage) : backing.mapped(hostPage);
        if (!mapped || backing.mappingLevel(hostPage) < level) {
            violations.add(
                    Invariant.LEAVES_MAP_WHAT_THE_HOST_MAPS,
                    Violations.name(page, index) + " maps page " + hostPage + " of backing " + backing.id()
                            + ", which is "
                            + (mapped ? "" : "not ") + (writable ? "writable" : "present") + " and mapped at level "
                            + backing.mappingLevel(hostPage));
        }
    }

    /** ST-6, PF-16. */
    private void readOnlySlotsAreNotWritable(ShadowPage page, int index, long spte) {
        if ((spte & (Spte.WRITABLE | Spte.HOST_WRITABLE | Spte.MMU_WRITABLE)) != 0) {
            violations.add(Invariant.READ_ONLY_SLOTS_ARE_NOT_WRITABLE, Violations.name(page, index) + " is");
        }
    }

    /** DL-5, DL-6: what is not marked is write-protected. */
    private void writableLeavesOfLoggedSlotsAreDirty(ShadowPage page, int index, int level, long gfn, Memslot slot) {
        long first = gfn - slot.baseGfn();
        long end = first + (1L << 9 * (level - 1));
        for (long at = first; at < end; at++) {
            if ((slot.dirtyWord((int) (at >> 6)) & 1L << at) == 0) {
                violations.add(
                        Invariant.WRITABLE_LEAVES_OF_LOGGED_SLOTS_ARE_DIRTY,
                        Violations.name(page, index) + " maps frame 0x" + Long.toHexString(slot.baseGfn() + at)
                                + ", which is not marked");
                return;
            }
        }
    }

    /** INV-19. */
    private void leafStatisticsCountLeaves() {
        for (int level = 1; level <= byLevel.length; level++) {
            Counter counter = Rmaps.leafCounter(level);
            if (core.counters.get(counter) != byLevel[level - 1]) {
                violations.addNumber(
                        Invariant.LEAF_STATISTICS_COUNT_LEAVES,
                        counter.kernelName(),
                        core.counters.get(counter),
                        byLevel[level - 1]);
            }
        }
    }

    /** PF-37, ZAP-1.8. */
    private void nxStatisticCountsSplitPages() {
        int split = 0;
        for (Census census : censuses) {
            for (int i = 0; i < census.pages(); i++) {
                if (census.page(i).nxSplit) {
                    split++;
                }
            }
        }
        if (core.counters.get(Counter.NX_LPAGE_SPLITS) != split) {
            violations.addNumber(
                    Invariant.NX_STATISTIC_COUNTS_SPLIT_PAGES,
                    Counter.NX_LPAGE_SPLITS.kernelName(),
                    core.counters.get(Counter.NX_LPAGE_SPLITS),
                    split);
        }
    }

    /** MS-12, ST-5. */
    private void currentMmioEntriesHaveNoMemory(ShadowPage page, int index) {
        long spte = page.spt[index];
        int space = Role.addressSpace(page.role);
        if (!Role.direct(page.role)
                || Spte.mmioGeneration(spte) != Spte.mmioGenerationOf(core.memslots.generation(space))) {
            return;
        }
        long gfn = Spte.mmioGfn(spte);
        Memslot slot = core.memslots.find(space, gfn);
        if (slot != null || gfn != page.gfnOf(index)) {
            violations.add(
                    Invariant.CURRENT_MMIO_ENTRIES_HAVE_NO_MEMORY,
                    Violations.name(page, index) + " stands for frame 0x" + Long.toHexString(page.gfnOf(index))
                            + " and says 0x" + Long.toHexString(gfn) + ", "
                            + (slot == null ? "in no slot" : "in slot " + slot.id()));
        }
    }
}
