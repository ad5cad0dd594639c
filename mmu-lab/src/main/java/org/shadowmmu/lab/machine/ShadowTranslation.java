package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.vm.Vcpu;

/** Translation through shadow tables: whatever is not there leaves the guest (RC-3). */
final class ShadowTranslation implements Translation {
    private final Vcpu vcpu;
    private long address;
    private long error;

    ShadowTranslation(Vcpu vcpu) {
        this.vcpu = vcpu;
    }

    @Override
    public int translate(long va, int access) {
        int result = vcpu.walkShadow(va, access);
        if (result == HardwareWalk.OK) {
            return OK;
        }
        address = va;
        error = result;
        return EXIT;
    }

    @Override
    public long pfn() {
        return vcpu.walkedPfn();
    }

    @Override
    public long exitAddress() {
        return address;
    }

    @Override
    public long exitError() {
        return error;
    }

    @Override
    public int exitReason() {
        return 0x4e;
    }

    @Override
    public int guestError() {
        throw new IllegalStateException("in shadow paging every fault leaves the guest");
    }
}
