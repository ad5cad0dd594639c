package org.shadowmmu.engine.vcpu;

import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuCore;

/** Entering and leaving a nested guest: an L1 hypervisor runs L2 (NE-1 to NE-4, NE-20, NE-23, NE-26 to NE-28). */
public final class Nesting {
    private static final int SWITCH_REQUESTS = VcpuRequests.MMU_SYNC | VcpuRequests.TLB_FLUSH_CURRENT;

    private final MmuCore core;
    private final Registers registers;
    private final Roots roots;

    /** Makes the nesting rules of a virtual machine. */
    public Nesting(MmuCore core, Registers registers, Roots roots) {
        this.core = core;
        this.registers = registers;
        this.roots = roots;
    }

    /**
     * L1 runs L2 on nested paging: its tables are shadowed (VMRUN with NPT).
     *
     * @param nestedCr3 base of L1's nested tables
     */
    public void enter(VcpuState vcpu, ControlState l2, long nestedCr3) {
        core.work.add(WorkCounter.NESTED_ENTRIES);
        vcpu.saveForNested();
        MmuContext context = vcpu.guestMmu();
        context.mode = registers.nestedPagingMode(vcpu);
        context.used = true;
        vcpu.load(l2);
        vcpu.enterNested(context, registers.pagingOf(l2), nestedCr3);
        roots.switchPgd(vcpu, nestedCr3);
        core.requests.raise(vcpu.index, SWITCH_REQUESTS);
    }

    /** L1 runs L2 without nested paging: L2's own tables are shadowed, or L2 runs on the direct MMU (NE-2). */
    public void enterWithoutNestedPaging(VcpuState vcpu, ControlState l2) {
        core.work.add(WorkCounter.NESTED_ENTRIES);
        vcpu.saveForNested();
        vcpu.load(l2);
        vcpu.enterNested(vcpu.rootMmu(), PagingMode.off(), 0);
        registers.recomputeMode(vcpu);
        roots.switchPgd(vcpu, l2.cr3());
        core.requests.raise(vcpu.index, SWITCH_REQUESTS);
    }

    /** L2 exits to L1. */
    public void exit(VcpuState vcpu, long code, long info1, long info2) {
        core.work.add(WorkCounter.NESTED_EXITS);
        vcpu.noteNestedExit(code, info1, info2);
        vcpu.leaveNested();
        registers.recomputeMode(vcpu);
        roots.switchPgd(vcpu, vcpu.cr3);
        core.requests.raise(vcpu.index, SWITCH_REQUESTS);
    }
}
