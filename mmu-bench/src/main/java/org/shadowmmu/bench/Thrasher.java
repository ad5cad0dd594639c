package org.shadowmmu.bench;

import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;

/** A guest that needs a new shadow page with every access, under the smallest quota: reclaim is all there is. */
final class Thrasher {
    private static final int REGIONS = 512;

    final VirtualMachine machine;
    private int region;

    Thrasher(PolicyRuntime policies) {
        machine = VirtualMachine.create(MmuOptions.tdp(), 1, policies, null);
        machine.host().addBacking(0, REGIONS * 512L, false);
        machine.setMemslot(0, 0, 0, REGIONS * 512L, 0, 0, 0);
        machine.setQuota(64);
    }

    /** One fault that creates a table, and now and then a round of reclaim. */
    Object step() {
        region = (region + 1) % REGIONS;
        return machine.vcpu(0).accessGpa((long) region << 21, AccessKind.READ);
    }
}
