package org.shadowmmu.engine.audit;

import java.util.Arrays;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Invariants of the TDP MMU, whose pages are in no list but that of the roots. */
final class TdpChecks {
    private static final Invariant LINKED_ONCE = Invariant.TDP_PAGES_ARE_ROOTS_OR_LINKED_ONCE;

    private final MmuCore core;
    private final Census census;
    private final Violations violations;
    /** Links by page id. */
    private int[] links = new int[64];

    TdpChecks(MmuCore core, Census census, Violations violations) {
        this.core = core;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        if (census.ofTdpMmu() == 0 && core.tdpRoots.isEmpty()) {
            return;
        }
        tdpPagesAreRootsOrLinkedOnce();
        currentTdpRootsDifferInRole();
    }

    /** TDP-1, TDP-21. */
    private void tdpPagesAreRootsOrLinkedOnce() {
        int limit = core.pages.idLimit();
        if (links.length < limit) {
            links = new int[2 * limit];
        } else {
            Arrays.fill(links, 0, limit, 0);
        }
        for (int i = 0; i < census.links(); i++) {
            int link = census.link(i);
            if (census.pageOf(link).tdp) {
                countLink(census.pageOf(link), PteLists.index(link));
            }
        }
        for (int i = 0; i < census.pages(); i++) {
            ShadowPage page = census.page(i);
            if (page.tdp) {
                boolean root = core.tdpRoots.contains(page);
                if (links[page.id] != (root ? 0 : 1) || page.parents != PteLists.EMPTY) {
                    violations.addNumber(
                            LINKED_ONCE,
                            "the number of links to " + (root ? "root " : "") + Violations.name(page),
                            links[page.id] + core.pages.lists().size(page.parents),
                            root ? 0 : 1);
                }
                if (page.zapScheduled || page.rootCount > 0 && !root) {
                    violations.add(
                            LINKED_ONCE,
                            Violations.name(page)
                                    + (root ? " waits to be zapped" : " is held as a root and not on the list"));
                }
            }
        }
        for (ShadowPage root : core.tdpRoots) {
            if (!root.live() || !root.tdp) {
                violations.add(LINKED_ONCE, Violations.name(root) + " is on the list of roots and not live");
            }
        }
    }

    private void countLink(ShadowPage parent, int index) {
        int id = Spte.childId(parent.spt[index]);
        if (id < core.pages.idLimit()) {
            ShadowPage child = core.pages.slot(id);
            int role = Role.withLevel(parent.role, parent.level() - 1) & ~Role.INVALID;
            if (child.live() && child.tdp && child.role == role && child.gfn == parent.gfnOf(index)) {
                links[id]++;
                return;
            }
        }
        violations.add(
                LINKED_ONCE,
                Violations.name(parent, index) + " leads to no page of the TDP MMU for frame 0x"
                        + Long.toHexString(parent.gfnOf(index)));
    }

    /** TDP-3. */
    private void currentTdpRootsDifferInRole() {
        for (int i = 0; i < core.tdpRoots.size(); i++) {
            ShadowPage root = core.tdpRoots.get(i);
            for (int j = i + 1; j < core.tdpRoots.size(); j++) {
                if (!Role.invalid(root.role) && core.tdpRoots.get(j).role == root.role) {
                    violations.add(Invariant.CURRENT_TDP_ROOTS_DIFFER_IN_ROLE, Violations.name(root) + " exists twice");
                }
            }
        }
    }
}
