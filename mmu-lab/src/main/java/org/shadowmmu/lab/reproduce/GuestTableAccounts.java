package org.shadowmmu.lab.reproduce;

import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;

/** S4.5: pages that shadow guest tables account to the slot the tables lie in; what if a slot zap keeps them? */
final class GuestTableAccounts {
    private static final String STREAM = "boot-1g-gva";

    private final RecordedBoots boots;

    GuestTableAccounts(RecordedBoots boots) {
        this.boots = boots;
    }

    /** Deletes the slot of a booted guest's memory; pages that account to it before, after, and frames it tracks still. */
    private record Deletion(long before, long after, int tracked) {}

    private Deletion deletion(Bench bench, MmuOptions options) {
        VirtualMachine machine = boots.replayShadow(bench, STREAM, options);
        Memslot largest = machine.core().memslots.slot(0, 0);
        for (int place = 1; place < machine.core().memslots.count(0); place++) {
            Memslot slot = machine.core().memslots.slot(0, place);
            largest = slot.pages() > largest.pages() ? slot : largest;
        }
        long before = accounting(machine, largest);
        machine.setMemslot(0, largest.id(), 0, 0, 0, 0, 0);
        return new Deletion(before, accounting(machine, largest), largest.trackedFrames());
    }

    private static long accounting(VirtualMachine machine, Memslot slot) {
        long pages = 0;
        for (ShadowPage page = machine.core().pages.oldest(); page != null; page = page.newer()) {
            pages += !Role.invalid(page.role) && Role.hasGptes(page.role) && slot.contains(page.gfn) ? 1 : 0;
        }
        return pages;
    }

    /** Measures the claim. */
    Pending<Finding> finding(Bench bench) {
        MmuOptions targeted = MmuOptions.shadow().withTargetedSlotZap(true);
        MmuOptions keeping = targeted.withWhatIfs(WhatIf.SLOT_ZAP_KEEPS_GUEST_TABLES);
        Pending<Deletion> without = bench.start(() -> deletion(bench, keeping));
        Pending<Deletion> with = bench.start(() -> deletion(bench, targeted));
        return () -> finding(without.get(), with.get());
    }

    private static Finding finding(Deletion without, Deletion with) {
        return new Finding(
                "S4.5",
                "shadow mode, leaf-only: more than 0 pages still account to the freed slot; with the gPTE rule 0",
                "exact",
                String.format(
                        "%,d of %,d pages account to the freed slot, which still tracks %,d frames; with the rule %d and %d",
                        without.after, without.before, without.tracked, with.after, with.tracked),
                Basis.COUNTED,
                without.after > 0 && without.tracked > 0 && with.before > 0 && with.after == 0 && with.tracked == 0,
                "the main memory of " + STREAM
                        + " is deleted when it has booted; without the rule is a what-if, see eras");
    }
}
