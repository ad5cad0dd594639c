package org.shadowmmu.bench;

import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualMachine;

/** Makes machines to measure, by the legacy MMU: upstream policies, nobody listens to events. */
final class Machines {
    /** Frames that a 4 KiB page table maps. */
    static final int TABLE = 512;

    private Machines() {}

    /** Guest table entry: present, writable, user, accessed, dirty. */
    private static final long ALL = 0x67;

    private static final int LEVELS = 4;

    /** Two-dimensional paging: one slot of so many frames from 0 on 4 KiB host pages, and a quota that is never used up. */
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

    /**
     * Shadow paging, 4 levels: one slot, whose first {@code frames} frames are mapped at their own addresses by guest tables
     * with all marks set, which lie behind them. User code, a quota that is never used up.
     */
    static VirtualMachine shadow(int frames) {
        VirtualMachine machine = VirtualMachine.create(MmuOptions.shadow(), 1, PolicyRuntime.upstream(), null);
        long tables = frames;
        int size = frames + frames / TABLE + frames / TABLE / TABLE + 2 * LEVELS;
        Backing memory = machine.host().addBacking(0, size, false);
        machine.setMemslot(0, 0, 0, size, 0, 0, 0);
        machine.setQuota(Integer.MAX_VALUE);
        long below = 0;
        long entries = frames;
        for (int level = 1; level <= LEVELS; level++) {
            for (long i = 0; i < entries; i++) {
                memory.write(tables + i / TABLE, (int) i % TABLE, below + i << 12 | ALL);
            }
            below = tables;
            entries = (entries + TABLE - 1) / TABLE;
            tables += entries;
        }
        Vcpu vcpu = machine.vcpu(0);
        long efer = Registers.EFER_LME | Registers.EFER_LMA | Registers.EFER_NX;
        vcpu.registers().setAll(vcpu.state(), 0x80010001L, below << 12, Registers.CR4_PAE, efer);
        return machine;
    }

    /** Touches every {@code stride}-th frame below {@code frames}. */
    static void touch(VirtualMachine machine, int frames, int stride) {
        for (int frame = 0; frame < frames; frame += stride) {
            machine.vcpu(0).accessGpa((long) frame << 12, AccessKind.WRITE);
        }
    }
}
