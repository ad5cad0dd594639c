package org.shadowmmu.engine.audit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vcpu.Root;
import org.shadowmmu.engine.vcpu.RootSet;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.vm.VirtualMachine;

/** Invariants of the root slots of virtual CPUs. */
final class RootChecks {
    private final VirtualMachine machine;
    private final Census census;
    private final Violations violations;
    /** Root slots by page id. */
    private int[] slots = new int[64];

    RootChecks(VirtualMachine machine, Census census, Violations violations) {
        this.machine = machine;
        this.census = census;
        this.violations = violations;
    }

    void run() {
        int limit = machine.core().pages.idLimit();
        if (slots.length < limit) {
            slots = new int[2 * limit];
        } else {
            Arrays.fill(slots, 0, limit, 0);
        }
        for (int i = 0; i < machine.vcpus(); i++) {
            VcpuState vcpu = machine.vcpu(i).state();
            count(vcpu.rootMmu().roots);
            count(vcpu.guestMmu().roots);
        }
        for (int i = 0; i < census.pages(); i++) {
            rootCountsAreRootSlots(census.page(i));
        }
    }

    private void count(RootSet roots) {
        count(roots.current());
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            count(roots.previous(i));
        }
    }

    private void count(Root root) {
        if (!root.valid()) {
            return;
        }
        count(root.page());
        for (int i = 0; i < Root.PAE_ENTRIES; i++) {
            count(root.paeEntry(i));
        }
    }

    private void count(@Nullable ShadowPage page) {
        if (page == null) {
            return;
        }
        if (!page.tdp) {
            slots[page.id]++;
        }
        if (!page.live()) {
            violations.add(
                    Invariant.ROOT_COUNTS_ARE_ROOT_SLOTS, Violations.name(page) + " is freed and held by a root slot");
        }
    }

    /** INV-17. */
    private void rootCountsAreRootSlots(ShadowPage page) {
        if (page.rootCount != slots[page.id]) {
            violations.addNumber(
                    Invariant.ROOT_COUNTS_ARE_ROOT_SLOTS,
                    "the root count of " + Violations.name(page),
                    page.rootCount,
                    slots[page.id]);
        }
    }
}
