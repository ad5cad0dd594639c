package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.vcpu.VcpuState;

/** Page faults that belong to the guest: its own tables refuse the access (PF-13). */
public final class GuestFaults {
    private final MmuCore core;
    private final AddressInvalidation invalidation;

    /** Makes the injection of a virtual machine. */
    GuestFaults(MmuCore core, AddressInvalidation invalidation) {
        this.core = core;
        this.invalidation = invalidation;
    }

    /** Queues a page fault for the guest; one of permission first drops what the current root says of the address. */
    void inject(VcpuState vcpu, int error, long address) {
        if ((error & (Access.PRESENT | Access.RESERVED)) == Access.PRESENT) {
            invalidation.invalidateCurrent(vcpu, address);
        }
        core.counters.add(Counter.PF_GUEST, vcpu.index, 1);
        vcpu.queueGuestFault(error, address);
    }
}
