package org.shadowmmu.engine.audit;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Invariants of unsync pages and of the marks that lead to them. */
final class UnsyncChecks {
    private final MmuCore core;
    private final Census census;
    private final Violations violations;

    UnsyncChecks(MmuCore core, Census census, Violations violations) {
        this.core = core;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        for (int i = 0; i < census.pages(); i++) {
            ShadowPage page = census.page(i);
            if (page.unsync) {
                unsyncPagesAreActiveAndNoRoots(page);
                onlyLevel1PagesOfGuestTablesAreUnsync(page);
            }
            unsyncChildrenCountMarks(page);
        }
        waysToUnsyncPagesAreMarked();
        unsyncStatisticCountsUnsyncPages();
    }

    /** INV-1 and the state VALID-UNSYNC. */
    private void unsyncPagesAreActiveAndNoRoots(ShadowPage page) {
        if (!page.listed() || Role.invalid(page.role) || page.rootCount != 0) {
            violations.add(
                    Invariant.UNSYNC_PAGES_ARE_ACTIVE_AND_NO_ROOTS,
                    Violations.name(page) + " is unsync, " + (page.listed() ? "active" : "not active") + ", and has "
                            + page.rootCount + " root slots");
        }
    }

    /** INV-2. */
    private void onlyLevel1PagesOfGuestTablesAreUnsync(ShadowPage page) {
        if (page.level() != 1 || !Role.hasGptes(page.role)) {
            violations.add(
                    Invariant.ONLY_LEVEL_1_PAGES_OF_GUEST_TABLES_ARE_UNSYNC, Violations.name(page) + " is unsync");
        }
    }

    /** INV-15, first half. */
    private void unsyncChildrenCountMarks(ShadowPage page) {
        int marks = 0;
        if (page.unsyncChild != null) {
            for (long word : page.unsyncChild) {
                marks += Long.bitCount(word);
            }
        }
        if (page.unsyncChildren != marks) {
            violations.addNumber(
                    Invariant.UNSYNC_CHILDREN_COUNT_MARKS,
                    "unsync_children of " + Violations.name(page),
                    page.unsyncChildren,
                    marks);
        }
    }

    /** INV-15, second half. */
    private void waysToUnsyncPagesAreMarked() {
        for (int i = 0; i < census.links(); i++) {
            int link = census.link(i);
            ShadowPage parent = census.pageOf(link);
            int index = PteLists.index(link);
            int id = Spte.childId(parent.spt[index]);
            if (id >= core.pages.idLimit()) {
                continue;
            }
            ShadowPage child = core.pages.slot(id);
            if ((child.unsync || child.unsyncChildren > 0) && !marked(parent, index)) {
                violations.add(
                        Invariant.WAYS_TO_UNSYNC_PAGES_ARE_MARKED,
                        Violations.name(parent, index) + " is not marked and leads to " + Violations.name(child)
                                + ", unsync " + child.unsync + ", unsync_children " + child.unsyncChildren);
            }
        }
    }

    private static boolean marked(ShadowPage parent, int index) {
        return parent.unsyncChild != null && (parent.unsyncChild[index >> 6] & 1L << index) != 0;
    }

    /** INV-16. */
    private void unsyncStatisticCountsUnsyncPages() {
        long counted = core.counters.get(Counter.MMU_UNSYNC);
        if (counted != census.unsync()) {
            violations.addNumber(
                    Invariant.UNSYNC_STATISTIC_COUNTS_UNSYNC_PAGES,
                    Counter.MMU_UNSYNC.kernelName(),
                    counted,
                    census.unsync());
        }
    }
}
