package org.shadowmmu.bench;

import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;

/** Makes machines to measure: two-dimensional paging by the legacy MMU, upstream policies, nobody listens to events. */
final class Machines {
    /** Frames that a 4 KiB page table maps. */
    static final int TABLE = 512;

    private Machines() {}

    /** One slot of so many frames from 0 on 4 KiB host pages, and a quota that is never used up. */
    static VirtualMachine direct(int frames) {
        return direct(frames, Integer.MAX_VALUE);
    }

    /** The same with a quota. */
    static VirtualMachine direct(int frames, int quota) {
        VirtualMachine machine = VirtualMachine.create(MmuOptions.tdp(), 1, PolicyRuntime.upstream(), null);
        machine.host().addBacking(0, frames, false);
        machine.setMemslot(0, 0, 0, frames, 0, 0, 0);
        machine.setQuota(quota);
        return machine;
    }

    /** Touches every {@code stride}-th frame below {@code frames}. */
    static void touch(VirtualMachine machine, int frames, int stride) {
        for (int frame = 0; frame < frames; frame += stride) {
            machine.vcpu(0).accessGpa((long) frame << 12, AccessKind.WRITE);
        }
    }
}
