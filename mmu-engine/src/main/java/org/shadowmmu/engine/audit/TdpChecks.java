package org.shadowmmu.engine.audit;

import java.util.Arrays;
import java.util.List;
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
    private final List<ShadowPage> roots;
    /** Root slots or links by page id. */
    private int[] holders = new int[64];

    TdpChecks(VirtualMachine machine, Census census, Violations violations) {
        this.machine = machine;
        this.census = census;
        this.violations = violations;
        this.roots = machine.core().tdpRoots;
    }

    void run() {
        if (census.pages() == 0 && roots.isEmpty()) {
            return;
        }
        int limit = machine.core().pages.idLimit();
        if (holders.length < limit) {
            holders = new int[2 * limit];
        } else {
            Arrays.fill(holders, 0, limit, 0);
        }
        for (int i = 0; i < machine.vcpus(); i++) {
            RootSet slots = machine.vcpu(i).state().rootMmu().roots;
            hold(slots.current().page());
            for (int previous = 0; previous < RootSet.PREVIOUS; previous++) {
                hold(slots.previous(previous).page());
            }
        }
        for (int i = 0; i < census.links(); i++) {
            countLink(census.pageOf(census.link(i)), PteLists.index(census.link(i)));
        }
        for (int i = 0; i < census.pages(); i++) {
            ShadowPage page = census.page(i);
            if (roots.contains(page)) {
                tdpReferencesAreRootSlots(page);
            } else {
                tdpTablesAreLinkedOnce(page);
            }
        }
        tdpRootsAreCurrentOrZapped();
    }

    private void hold(@Nullable ShadowPage root) {
        if (root != null && root.tdp) {
            holders[root.id]++;
        }
    }

    private void countLink(ShadowPage table, int index) {
        int id = Spte.childId(table.spt[index]);
        if (id < machine.core().pages.idLimit()) {
            ShadowPage child = machine.core().pages.slot(id);
            int role = Role.withLevel(table.role, table.level() - 1) & ~Role.INVALID;
            holders[id]++;
            if (child.live() && child.tdp && child.role == role && child.gfn == table.gfnOf(index)) {
                return;
            }
        }
        violations.add(
                Invariant.TDP_TABLES_ARE_LINKED_ONCE,
                Violations.name(table, index) + " links something else than the table of its range");
    }

    /** TDP-3, INV-17. */
    private void tdpReferencesAreRootSlots(ShadowPage root) {
        int wanted = holders[root.id] + (Role.invalid(root.role) ? 0 : 1);
        if (root.rootCount != wanted) {
            violations.addNumber(
                    Invariant.TDP_REFERENCES_ARE_ROOT_SLOTS,
                    "the number of references to " + Violations.name(root),
                    root.rootCount,
                    wanted);
        }
    }

    /** TDP-1. */
    private void tdpTablesAreLinkedOnce(ShadowPage table) {
        if (holders[table.id] != 1) {
            violations.addNumber(
                    Invariant.TDP_TABLES_ARE_LINKED_ONCE,
                    "the number of links to " + Violations.name(table),
                    holders[table.id],
                    1);
        }
    }

    /** TDP-3, TDP-21. */
    private void tdpRootsAreCurrentOrZapped() {
        for (int i = 0; i < roots.size(); i++) {
            ShadowPage root = roots.get(i);
            boolean current = !Role.invalid(root.role);
            boolean done = root.live() && root.tdp && !root.zapScheduled;
            if (!done || !current && root.presentEntries() != 0) {
                violations.add(
                        Invariant.TDP_ROOTS_ARE_CURRENT_OR_ZAPPED,
                        Violations.name(root) + (root.live() ? " waits to be zapped" : " is freed and on the list"));
            }
            for (int j = i + 1; j < roots.size(); j++) {
                if (current && roots.get(j).role == root.role) {
                    violations.add(Invariant.TDP_ROOTS_ARE_CURRENT_OR_ZAPPED, Violations.name(root) + " exists twice");
                }
            }
        }
    }
}
