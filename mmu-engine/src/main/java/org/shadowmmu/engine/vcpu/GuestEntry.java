package org.shadowmmu.engine.vcpu;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuCore;

/** What happens before a virtual CPU enters the guest: requests are serviced and a root is loaded (VC-20 to VC-22). */
public final class GuestEntry {
    /** How an entry ended. */
    public enum Result {
        /** The guest may run. */
        ENTERED,
        /** The root's table is outside memory: the guest shuts down (SP-32). */
        TRIPLE_FAULT,
        /** No shadow page is available for a root (PF-20). */
        NO_PAGES
    }

    private final MmuCore core;
    private final Roots roots;
    private final Nesting nesting;

    /** Makes the entry rules of a virtual machine. */
    public GuestEntry(MmuCore core, Roots roots, Nesting nesting) {
        this.core = core;
        this.roots = roots;
        this.nesting = nesting;
    }

    /** Gets the virtual CPU ready; whatever servicing and loading raise is serviced, too (VC-21a). */
    public Result enter(VcpuState vcpu) {
        VcpuRequests requests = core.requests;
        if (!requests.any(vcpu.index)) {
            leaveNestedIfQueued(vcpu);
        }
        while (requests.any(vcpu.index) || !vcpu.roots().current().valid()) {
            service(vcpu);
            leaveNestedIfQueued(vcpu);
            if (!vcpu.roots().current().valid()) {
                if (!roots.load(vcpu)) {
                    return requests.take(vcpu.index, VcpuRequests.TRIPLE_FAULT) ? Result.TRIPLE_FAULT : Result.NO_PAGES;
                }
                vcpu.flushTlb();
            }
        }
        return Result.ENTERED;
    }

    /** Makes an exit to L1 that was queued: after the requests of L2's context, before a root is loaded (NE-27). */
    private void leaveNestedIfQueued(VcpuState vcpu) {
        if (vcpu.takeNestedExit()) {
            nesting.exit(vcpu, vcpu.nestedExitCode(), vcpu.nestedExitInfo1(), vcpu.nestedExitInfo2());
        }
    }

    /** Whether {@link #enter} has anything to do. */
    public boolean wanted(VcpuState vcpu) {
        return core.requests.any(vcpu.index) || !vcpu.roots().current().valid();
    }

    private void service(VcpuState vcpu) {
        VcpuRequests requests = core.requests;
        int cpu = vcpu.index;
        if (requests.take(cpu, VcpuRequests.FREE_OBSOLETE_ROOTS)) {
            if (core.options.era().roots().reloadDropsAll()) {
                roots.freeAll(vcpu);
            } else {
                roots.freeObsolete(vcpu);
            }
        }
        if (requests.take(cpu, VcpuRequests.MMU_SYNC)) {
            roots.sync(vcpu);
        }
        if (requests.take(cpu, VcpuRequests.LOAD_MMU_PGD)) {
            vcpu.flushTlb();
        }
        if (requests.take(cpu, VcpuRequests.TLB_FLUSH)) {
            flush(vcpu);
            requests.take(cpu, VcpuRequests.TLB_FLUSH_CURRENT);
        }
        if (requests.take(cpu, VcpuRequests.TLB_FLUSH_CURRENT)) {
            flush(vcpu);
        }
        if (requests.take(cpu, VcpuRequests.TLB_FLUSH_GUEST)) {
            flush(vcpu);
            if (!core.options.tdpEnabled()) {
                roots.sync(vcpu);
                roots.freeUnsyncPrevious(vcpu);
            }
        }
    }

    private void flush(VcpuState vcpu) {
        core.counters.add(Counter.TLB_FLUSH, vcpu.index, 1);
        vcpu.flushTlb();
    }
}
