package org.shadowmmu.engine.audit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.vcpu.RootSet;
import org.shadowmmu.engine.vm.VirtualMachine;

/** Invariants of the roots and tables of the TDP MMU. */
final class TdpChecks {
    private final VirtualMachine machine;
    private final Census census;
    private final Violations violations;
    /** Root slots or links by page id. */
    private int[] holders = new int[64];

    TdpChecks(VirtualMachine machine, Census census, Violations violations) {
        this.machine = machine;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        if (census.pages() == 0) {
            return;
        }
        int limit = machine.core().pages.idLimit();
        if (holders.length < limit) {
            holders = new int[2 * limit];
        } else {
            Arrays.fill(holders, 0, limit, 0);
        }
        for (int i = 0; i < machine.vcpus(); i++) {
            RootSet roots = machine.vcpu(i).state().rootMmu().roots;
            hold(roots.current().page());
            for (int previous = 0; previous < RootSet.PREVIOUS; previous++) {
                hold(roots.previous(previous).page());
            }
        }
        for (int i = 0; i < census.links(); i++) {
            countLink(census.pageOf(census.link(i)), PteLists.index(census.link(i)));
        }
        for (int i = 0; i < census.pages(); i++) {
            check(census.page(i));
        }
    }

    private void hold(@Nullable ShadowPage root) {
        if (root != null && root.tdp) {
            holders[root.id]++;
        }
    }

    private void countLink(ShadowPage table, int index) {
        ShadowPage child = machine.core().pages.slot(Spte.childId(table.spt[index]));
        holders[child.id]++;
        if (!child.live() || !child.tdp || child.level() != table.level() - 1 || child.gfn != table.gfnOf(index)) {
            violations.add(
                    Invariant.TDP_TABLES_ARE_LINKED_ONCE,
                    Violations.name(table, index) + " links something else than the table of its range");
        }
    }

    private void check(ShadowPage page) {
        boolean root = machine.core().tdpRoots.contains(page);
        if (root) {
            int wanted = holders[page.id] + (Role.invalid(page.role) ? 0 : 1);
            if (page.rootCount != wanted) {
                violations.addNumber(
                        Invariant.TDP_REFERENCES_ARE_ROOT_SLOTS,
                        "the number of references to " + Violations.name(page),
                        page.rootCount,
                        wanted);
            }
        } else if (holders[page.id] != 1) {
            violations.addNumber(
                    Invariant.TDP_TABLES_ARE_LINKED_ONCE,
                    "the number of links to " + Violations.name(page),
                    holders[page.id],
                    1);
        }
    }
}
