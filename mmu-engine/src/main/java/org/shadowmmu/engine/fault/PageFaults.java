package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.tdp.TdpMmu;
import org.shadowmmu.engine.vcpu.Nesting;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.Roots;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.zap.Reclaimer;
import org.shadowmmu.engine.zap.Zapper;

/** A page-fault exit, from the exit to what happens next (PF-1 to PF-5). */
public final class PageFaults {
    private final MmuCore core;
    private final MmioFaults mmio;
    private final DirectFaults direct;
    private final IndirectFaults indirect;
    private final AddressInvalidation invalidation;
    private final Emulator emulator;

    /** Makes the fault handler of a virtual machine. */
    public PageFaults(
            MmuCore core,
            Roots roots,
            Zapper zapper,
            Reclaimer reclaimer,
            PageLookup lookup,
            Synchronizer synchronizer,
            Registers registers,
            Nesting nesting,
            TdpMmu tdp) {
        this.core = core;
        LeafInstaller installer = new LeafInstaller(core, zapper);
        IndirectPrefetch prefetch = new IndirectPrefetch(core, installer);
        invalidation = new AddressInvalidation(core, prefetch, synchronizer);
        GuestFaults guestFaults = new GuestFaults(core, invalidation, nesting);
        mmio = new MmioFaults(core);
        direct = new DirectFaults(core, roots, reclaimer, lookup, installer, tdp);
        indirect = new IndirectFaults(
                core, roots, reclaimer, lookup, zapper, synchronizer, registers, installer, prefetch, guestFaults);
        emulator = new Emulator(
                core, zapper, registers, guestFaults, new GuestTableWrites(core, zapper, reclaimer, prefetch));
    }

    /** What follows faults that end in {@link Outcome#EMULATE}. */
    public Emulator emulator() {
        return emulator;
    }

    /** INVLPG. */
    public AddressInvalidation invalidation() {
        return invalidation;
    }

    /**
     * Handles a fault.
     *
     * @param address the guest physical address (two-dimensional paging) or virtual address (shadow paging)
     * @param error the error code with the bits above 31
     * @return what follows; never {@link Outcome#INVALID}
     */
    public Outcome handle(VcpuState vcpu, long address, long error) {
        core.events.pageFault(vcpu.index, vcpu.rip, address, error);
        if (vcpu.deliveringEvent && !core.options.tdpEnabled() && unprotectsOnDelivery(error)) {
            emulator.unprotectDuringDelivery(vcpu, address);
        }
        if ((error & Access.RESERVED) != 0) {
            Outcome outcome = mmio.handle(vcpu, address);
            if (outcome != Outcome.INVALID) {
                return outcome;
            }
        }
        core.counters.add(Counter.PF_TAKEN, vcpu.index, 1);
        Outcome outcome =
                vcpu.mode().direct() ? direct.handle(vcpu, address, error) : indirect.handle(vcpu, address, error);
        count(vcpu, outcome);
        return outcome;
    }

    private boolean unprotectsOnDelivery(long error) {
        long writeProtection = Access.PRESENT | Access.WRITE;
        return core.options.era().writes().deliveryFaultUnprotects() || (error & writeProtection) == writeProtection;
    }

    private void count(VcpuState vcpu, Outcome outcome) {
        switch (outcome) {
            case FIXED -> core.counters.add(Counter.PF_FIXED, vcpu.index, 1);
            case EMULATE -> core.counters.add(Counter.PF_EMULATE, vcpu.index, 1);
            case SPURIOUS -> core.counters.add(Counter.PF_SPURIOUS, vcpu.index, 1);
            case RETRY, INVALID, NO_PAGES -> {}
        }
    }
}
