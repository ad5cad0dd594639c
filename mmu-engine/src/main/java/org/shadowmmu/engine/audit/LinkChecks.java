package org.shadowmmu.engine.audit;

import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;
import org.shadowmmu.engine.shadow.Spte;

/** Invariants of the links between pages. */
final class LinkChecks {
    private static final Invariant IN_PARENT_LIST = Invariant.LINKS_ARE_IN_THEIR_CHILDS_PARENT_LIST;

    private final ShadowPages pages;
    private final Census census;
    private final Violations violations;
    private final EntryMarks marks = new EntryMarks();

    LinkChecks(MmuCore core, Census census, Violations violations) {
        this.pages = core.pages;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        linksAreInTheirChildsParentList();
    }

    /** INV-14: from the lists to the links, then back. */
    private void linksAreInTheirChildsParentList() {
        marks.clear(pages.idLimit());
        for (int i = 0; i < census.pages(); i++) {
            markParents(census.page(i));
        }
        for (int i = 0; i < census.links(); i++) {
            int link = census.link(i);
            if (!marks.marked(link)) {
                violations.add(
                        IN_PARENT_LIST,
                        Violations.name(census.pageOf(link), PteLists.index(link)) + " is in the parent list of "
                                + childName(census.pageOf(link).spt[PteLists.index(link)]) + " 0 times instead of 1");
            }
        }
    }

    private void markParents(ShadowPage child) {
        PteLists lists = pages.lists();
        if (child.parents != PteLists.EMPTY && Role.invalid(child.role)) {
            violations.addNumber(
                    IN_PARENT_LIST,
                    "the number of parents of the zapped " + Violations.name(child),
                    lists.size(child.parents),
                    0);
        }
        for (long at = lists.start(child.parents); at >= 0; at = lists.next(at)) {
            int entry = lists.at(at);
            if (!linksTo(child, entry)) {
                violations.add(
                        IN_PARENT_LIST,
                        "the parent list of " + Violations.name(child) + " holds entry " + PteLists.index(entry)
                                + " of page number " + PteLists.pageId(entry) + ", which does not link it");
            } else if (marks.mark(entry)) {
                violations.add(
                        IN_PARENT_LIST,
                        Violations.name(census.pageOf(entry), PteLists.index(entry)) + " is in the parent list of "
                                + Violations.name(child) + " 2 times instead of 1");
            }
        }
    }

    private boolean linksTo(ShadowPage child, int entry) {
        if (!census.exists(entry)) {
            return false;
        }
        ShadowPage parent = census.pageOf(entry);
        long spte = parent.spt[PteLists.index(entry)];
        return Spte.presentNonLeaf(spte, parent.level()) && Spte.childId(spte) == child.id;
    }

    private String childName(long spte) {
        int id = Spte.childId(spte);
        return id < pages.idLimit() && pages.slot(id).live()
                ? Violations.name(pages.slot(id))
                : "page number " + id + ", which is not live,";
    }
}
