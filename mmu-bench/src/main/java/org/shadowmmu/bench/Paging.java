package org.shadowmmu.bench;

import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualMachine;

/** How a machine to measure pages, by the legacy MMU. */
public enum Paging {
    /** Two-dimensional paging: the guest's own tables are the processor's business. */
    DIRECT {
        @Override
        VirtualMachine machine(int frames) {
            return Machines.direct(frames);
        }

        @Override
        Enum<?> access(Vcpu vcpu, long page, AccessKind kind) {
            return vcpu.accessGpa(page << 12, kind);
        }
    },
    /** Shadow paging of a guest with 4-level tables that map every page at its own address. */
    SHADOW {
        @Override
        VirtualMachine machine(int frames) {
            return Machines.shadow(frames);
        }

        @Override
        Enum<?> access(Vcpu vcpu, long page, AccessKind kind) {
            return vcpu.accessGva(page << 12, kind, true);
        }
    };

    /** A machine that maps nothing yet, with so many frames from 0. */
    abstract VirtualMachine machine(int frames);

    /** One access to a page; returns its result. */
    abstract Enum<?> access(Vcpu vcpu, long page, AccessKind kind);

    /** Writes to every {@code stride}-th page below {@code frames}. */
    void touch(VirtualMachine machine, int frames, int stride) {
        Vcpu vcpu = machine.vcpu(0);
        for (int page = 0; page < frames; page += stride) {
            access(vcpu, page, AccessKind.WRITE);
        }
    }
}
