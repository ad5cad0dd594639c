package org.shadowmmu.engine.audit;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.Root;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.vm.VirtualMachine;

/** Invariants of the translations that processors keep. */
final class TlbChecks {
    /** Requests that empty the buffer at the next entry, before the guest runs. */
    private static final int FLUSHES = VcpuRequests.TLB_FLUSH
            | VcpuRequests.TLB_FLUSH_CURRENT
            | VcpuRequests.TLB_FLUSH_GUEST
            | VcpuRequests.LOAD_MMU_PGD;

    private final VirtualMachine machine;
    private final MmuCore core;
    private final Violations violations;

    TlbChecks(VirtualMachine machine, Violations violations) {
        this.machine = machine;
        this.core = machine.core();
        this.violations = violations;
    }

    void run() {
        for (int i = 0; i < machine.vcpus(); i++) {
            VcpuState vcpu = machine.vcpu(i).state();
            Tlb tlb = vcpu.tlb();
            if (tlb != null && !flushesAtEntry(vcpu)) {
                cachedTranslationsAreStillInTheTables(vcpu, tlb);
            }
        }
    }

    /** Whether nothing of the buffer is used again: a flush is asked for, or a root will be loaded. */
    private boolean flushesAtEntry(VcpuState vcpu) {
        Root root = vcpu.roots().current();
        ShadowPage page = root.page();
        boolean obsolete = page == null ? root.isPae() : page.obsolete();
        return core.requests.pending(vcpu.index, FLUSHES)
                || !root.valid()
                || obsolete && core.requests.pending(vcpu.index, VcpuRequests.FREE_OBSOLETE_ROOTS);
    }

    /** OV-9, VC-30: what was taken out of the tables, or lost rights there, was flushed. */
    private void cachedTranslationsAreStillInTheTables(VcpuState vcpu, Tlb tlb) {
        boolean nested = vcpu.mode().direct() && core.options.tdpEnabled();
        for (int place = 0; place < tlb.size(); place++) {
            long page = tlb.page(place);
            if (page >= 0 && !inTables(vcpu.roots().current().start(page << 12), page, tlb, place, nested)) {
                violations.add(
                        Invariant.CACHED_TRANSLATIONS_ARE_STILL_IN_THE_TABLES,
                        "virtual CPU " + vcpu.index + " translates page 0x" + Long.toHexString(page)
                                + " to host frame 0x" + Long.toHexString(tlb.frame(place)) + " with rights 0x"
                                + Long.toHexString(tlb.rights(place) & ~Spte.ADDRESS) + " and no flush is asked for");
            }
        }
    }

    /** Whether a walk finds the frame with the same rights or more; in nested tables only the leaf has a say. */
    private boolean inTables(@Nullable ShadowPage start, long page, Tlb tlb, int place, boolean nested) {
        long rights = -1L & ~Spte.NX;
        ShadowPage table = start;
        while (table != null) {
            int level = table.level();
            int index = (int) (page >>> 9 * (level - 1)) & ShadowPage.ENTRIES - 1;
            long spte = table.spt[index];
            if (!Spte.present(spte)) {
                return false;
            }
            rights = rights & spte | (rights | spte) & Spte.NX;
            if (Spte.leaf(spte, level)) {
                long frame = Spte.pfn(spte) + (page & (1L << 9 * (level - 1)) - 1);
                return frame == tlb.frame(place)
                        && !exceeds(tlb.rights(place), nested ? spte : rights, supervisorWrites(table))
                        && (table.tdp || staysDirty(tlb.rights(place), spte));
            }
            table = core.pages.child(table, index);
        }
        return false;
    }

    /**
     * Whether the table is one of a guest with CR0.WP clear. What such a kernel writes to a read-only page changes hands
     * between kernel and user, and other addresses of the page keep what the guest itself allows (PF-17).
     */
    private static boolean supervisorWrites(ShadowPage table) {
        return !Role.direct(table.role) && (table.role & Role.CR0_WP) == 0;
    }

    private static boolean exceeds(long kept, long rights, boolean changesHands) {
        long lost = kept & ~rights;
        if (changesHands) {
            return (lost & Spte.WRITABLE) != 0;
        }
        return (lost & (Spte.WRITABLE | Spte.USER)) != 0 || (rights & ~kept & Spte.NX) != 0;
    }

    /** ST-30. The TDP MMU does not flush for it when a fault meets a leaf that is there already (TDP-17, ST-10.6). */
    private static boolean staysDirty(long kept, long leaf) {
        return (kept & ~leaf & Spte.DIRTY) == 0;
    }
}
