package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.vcpu.VcpuState;

/** Faults on a reserved bit: the access hit an MMIO SPTE (PF-60). */
final class MmioFaults {
    private final MmuCore core;

    MmioFaults(MmuCore core) {
        this.core = core;
    }

    /** Handles the fault; {@link Outcome#INVALID} means that the SPTE is out of date and the fault an ordinary one. */
    Outcome handle(VcpuState vcpu, long address) {
        boolean direct = vcpu.mode().direct();
        long generation = core.memslots.generation(vcpu.addressSpace());
        boolean cached = direct
                ? vcpu.mmio.matchesGpa(address, generation)
                : !vcpu.nestedPaging() && vcpu.mmio.matchesGva(address, generation);
        if (cached) {
            return Outcome.EMULATE;
        }
        ShadowPage page = HardwareWalk.lastPage(core, vcpu.roots().current().start(address), address);
        if (page == null) {
            return Outcome.RETRY;
        }
        long spte = page.spt[HardwareWalk.indexAt(page, address)];
        if (!Spte.mmio(spte)) {
            return Outcome.RETRY;
        }
        long current = Spte.mmioGenerationOf(generation);
        long kept = Spte.mmioGeneration(spte);
        core.events.checkMmioSpte(current, kept, current == kept);
        if (current != kept) {
            return Outcome.INVALID;
        }
        long gfn = Spte.mmioGfn(spte);
        int access = Spte.mmioAccess(spte);
        core.events.handleMmioPageFault(direct ? 0 : address, gfn, access);
        vcpu.mmio.fill(direct || vcpu.nestedPaging() ? 0 : address, gfn, access, generation);
        return Outcome.EMULATE;
    }
}
