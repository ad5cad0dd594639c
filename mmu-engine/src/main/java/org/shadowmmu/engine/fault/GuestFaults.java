package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.vcpu.Nesting;
import org.shadowmmu.engine.vcpu.VcpuState;

/** Page faults that belong to the guest: its own tables refuse the access (PF-13). */
public final class GuestFaults {
    private final MmuCore core;
    private static final long EXIT_NPF = 0x400;
    private static final long EXIT_PF = 0x4e;

    private final AddressInvalidation invalidation;
    private final Nesting nesting;

    /** Makes the injection of a virtual machine. */
    GuestFaults(MmuCore core, AddressInvalidation invalidation, Nesting nesting) {
        this.core = core;
        this.invalidation = invalidation;
        this.nesting = nesting;
    }

    /**
     * The tables that the MMU in use shadows refuse an access.
     *
     * @param exitError the error code of the exit, of which L1 sees the high half
     */
    void refuse(VcpuState vcpu, int error, long address, long exitError) {
        if (!vcpu.nestedPaging()) {
            inject(vcpu, error, address);
            return;
        }
        invalidateIfPermission(vcpu, error, address);
        nesting.exit(vcpu, EXIT_NPF, exitError & -1L << 32 | error, address);
    }

    /** Queues a page fault for the guest; one of permission first drops what the current root says of the address. */
    void inject(VcpuState vcpu, int error, long address) {
        invalidateIfPermission(vcpu, error, address);
        core.counters.add(Counter.PF_GUEST, vcpu.index, 1);
        if (vcpu.nested()) {
            vcpu.queueNestedExit(EXIT_PF, error, address);
        } else {
            vcpu.queueGuestFault(error, address);
        }
    }

    private void invalidateIfPermission(VcpuState vcpu, int error, long address) {
        if ((error & (Access.PRESENT | Access.RESERVED)) == Access.PRESENT) {
            invalidation.invalidateCurrent(vcpu, address);
        }
    }
}
