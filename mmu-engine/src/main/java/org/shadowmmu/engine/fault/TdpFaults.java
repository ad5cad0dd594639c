package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.tdp.TdpEntries;
import org.shadowmmu.engine.tdp.TdpMmu;
import org.shadowmmu.engine.vcpu.VcpuState;

/** The mapping step of a fault on a root of the TDP MMU (TDP-17 to TDP-19). */
final class TdpFaults {
    private final MmuCore core;
    private final TdpEntries entries;

    TdpFaults(MmuCore core, TdpMmu tdp) {
        this.core = core;
        this.entries = tdp.entries();
    }

    /** Builds the way from the root to the leaf and installs it. */
    Outcome map(VcpuState vcpu, ShadowPage root, long gpa, int error, HostPage hostPage, HugePages hugePages) {
        long gfn = gpa >>> 12;
        ShadowPage page = root;
        int index;
        while (true) {
            index = (int) (gfn >>> 9 * (page.level() - 1)) & ShadowPage.ENTRIES - 1;
            hugePages.adjustForNx(page, index);
            if (page.level() == hugePages.goal()) {
                break;
            }
            page = child(page, index, hugePages);
        }
        return install(vcpu, page, index, error, hostPage);
    }

    private ShadowPage child(ShadowPage page, int index, HugePages hugePages) {
        long spte = page.spt[index];
        if (Spte.present(spte)) {
            if (!Spte.leaf(spte, page.level())) {
                return core.pages.child(page, index);
            }
            if (core.options.era().tdp().faultSplitsWholeHugePage()) {
                ShadowPage full = entries.split(page, index);
                hugePages.linked(full, page.level());
                return full;
            }
            entries.removeAndFlush(page, index);
        }
        ShadowPage child = entries.newTable(page, index);
        entries.set(page, index, Spte.nonLeaf(child.id, false), true);
        hugePages.linked(child, page.level());
        return child;
    }

    private Outcome install(VcpuState vcpu, ShadowPage page, int index, int error, HostPage hostPage) {
        core.lock.looked(1);
        long gfn = page.gfnOf(index);
        long old = page.spt[index];
        Memslot slot = hostPage.slot();
        if (slot == null) {
            long generation = core.memslots.generation(vcpu.addressSpace());
            long spte = Spte.mmio(gfn, Role.ACC_ALL, generation);
            replace(page, index, old, spte);
            core.counters.add(Counter.PF_MMIO_SPTE_CREATED, vcpu.index, 1);
            core.events.markMmioSpte(gfn, (int) spte & 7, Spte.mmioGenerationOf(generation), index);
            return Outcome.EMULATE;
        }
        long pfn = slot.backing().pfn(slot.hostPage(gfn));
        long spte = core.leaves.make(page, index, slot, Role.ACC_ALL, gfn, pfn, false, true, hostPage.writable());
        boolean refused = core.leaves.refused();
        replace(page, index, old, spte);
        core.events.setSpte(gfn, page.level(), spte, index);
        if (refused && (error & Access.WRITE) != 0) {
            return Outcome.EMULATE;
        }
        return spte == old ? Outcome.SPURIOUS : Outcome.FIXED;
    }

    /** Sets the entry; a table that it replaces is flushed. */
    private void replace(ShadowPage page, int index, long old, long spte) {
        entries.set(page, index, spte, true);
        if (Spte.presentNonLeaf(old, page.level())) {
            core.requests.remoteFlush();
        }
    }
}
