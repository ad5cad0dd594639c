package org.shadowmmu.lab.workload.synthetic;

import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.fault.Emulation;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.vcpu.ControlState;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.AccessResult;
import org.shadowmmu.engine.vm.MmuException;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * A guest that is a hypervisor itself (L1): one memslot of memory, long mode, an identity map of its own, and nested guests
 * (L2) on nested paging with 4 levels. What it writes to memory goes through the MMU, entry by entry.
 */
public final class GuestHypervisor {
    private static final int SLOT = 0;
    private static final int BACKING = 0;

    private static final long TOP_TABLE = 1;
    private static final long IDENTITY_TABLE = 2;
    private static final long CODE = 0x3000;
    /** The first frame that guests and their tables may use; 1 GiB, so that huge pages fit behind it. */
    static final long FIRST_FREE_GFN = 1 << 18;

    private static final long CR0 = 0x80010033L;
    private static final long CR4 = 0x6b0;
    private static final long EFER = 0x1d00;

    private static final long TABLE_ENTRY = 0x67;
    private static final long HUGE_ENTRY = 0xe7;
    private static final int WORDS = 512;
    private static final int GIB_PAGES = 1 << 18;

    private final VirtualMachine machine;
    private final long pages;
    private final Backing memory;
    private final Instruction store = new Instruction();
    private boolean plainStore;

    /**
     * Gives a machine memory and starts L1 on all its virtual CPUs.
     *
     * @param machine a machine without memory
     * @param pages L1's memory in 4 KiB pages, a multiple of 1 GiB up to 512 GiB
     * @param huge whether the host backs it with huge pages
     */
    public GuestHypervisor(VirtualMachine machine, long pages, boolean huge) {
        this.machine = machine;
        this.pages = pages;
        machine.host().addBacking(BACKING, pages, huge);
        machine.setMemslot(0, SLOT, 0, pages, 0, BACKING, 0);
        memory = machine.host().backing(BACKING);
        memory.write(TOP_TABLE, 0, IDENTITY_TABLE << 12 | TABLE_ENTRY);
        for (int gib = 0; gib < (pages + GIB_PAGES - 1) / GIB_PAGES; gib++) {
            memory.write(IDENTITY_TABLE, gib, (long) gib << 30 | HUGE_ENTRY);
        }
        for (int cpu = 0; cpu < machine.vcpus(); cpu++) {
            Vcpu vcpu = machine.vcpu(cpu);
            vcpu.registers().setAll(vcpu.state(), CR0, TOP_TABLE << 12, CR4, EFER);
        }
    }

    /** The machine L1 runs on. */
    public VirtualMachine machine() {
        return machine;
    }

    /** L1's memory in 4 KiB pages. */
    public long pages() {
        return pages;
    }

    /** Deletes L1's memory, all of it. */
    public void deleteMemory() {
        machine.setMemslot(0, SLOT, 0, 0, 0, BACKING, 0);
    }

    /** L1 touches a page of its own memory; faults are handled. */
    public AccessResult touch(int cpu, long gfn, AccessKind kind) {
        leave(cpu);
        return machine.vcpu(cpu).accessGpa(gfn << 12, kind);
    }

    /** L1 stores 8 bytes; the hypervisor emulates the store if the page is a nested table that it shadows. */
    public void store(int cpu, long gpa, long value) {
        store(cpu, gpa, value, Instruction.Kind.STORE);
    }

    private void store(int cpu, long gpa, long value, Instruction.Kind how) {
        leave(cpu);
        Vcpu vcpu = machine.vcpu(cpu);
        plainStore = true;
        while (true) {
            enter(vcpu);
            int error = vcpu.walkNested(gpa, Access.WRITE);
            if (error == HardwareWalk.OK) {
                memory.write(gpa >>> 12, (int) (gpa >>> 3) & WORDS - 1, value);
                return;
            }
            if (vcpu.fault(gpa, error | Access.GUEST_FINAL) == Outcome.EMULATE) {
                plainStore = false;
                vcpu.state().rip = CODE;
                store.set(how, gpa, value, 8, false);
                if (vcpu.emulate(gpa, error | Access.GUEST_FINAL, false, at -> store) == Emulation.DONE) {
                    return;
                }
            }
        }
    }

    /**
     * L1 zeroes a page, first word first, with a string instruction, as kernels do: the hypervisor does not emulate it but
     * stops protecting the page (EM-5). Once a store goes through, the rest of the page does.
     */
    public void zero(int cpu, long gfn) {
        for (int word = 0; word < WORDS; word++) {
            store(cpu, (gfn << 12) + 8L * word, 0, Instruction.Kind.BULK_STORE);
            if (plainStore) {
                break;
            }
        }
        keepZeros(gfn);
    }

    /** Keeps a page that holds nothing but zeros without memory of its own. */
    void keepZeros(long gfn) {
        memory.clear(gfn);
    }

    /** Whether the last {@link #store} reached memory without emulation. */
    boolean plainStore() {
        return plainStore;
    }

    /** Stores words that no MMU has to see, because the page is writable and was just written. */
    void fillPlainly(long gfn, int from, int count, long first, long step) {
        if (from == 1 && count == WORDS - 1 && memory.read(gfn, 0) == first - step) {
            memory.fillRun(gfn, first - step, step);
            return;
        }
        for (int i = 0; i < count; i++) {
            memory.write(gfn, from + i, first + i * step);
        }
    }

    /** A word of L1's memory. */
    long read(long gfn, int word) {
        return memory.read(gfn, word);
    }

    /** L1 runs a nested guest on a virtual CPU. */
    void enterNested(int cpu, long topTableGfn) {
        Vcpu vcpu = machine.vcpu(cpu);
        if (vcpu.state().nested()) {
            throw new IllegalStateException("virtual CPU " + cpu + " is in a nested guest already");
        }
        enter(vcpu);
        vcpu.nesting().enter(vcpu.state(), new ControlState(CR0, 0, CR4, EFER), topTableGfn << 12);
        enter(vcpu);
    }

    /** The nested guest on a virtual CPU exits to L1, if one runs there. */
    void leave(int cpu) {
        Vcpu vcpu = machine.vcpu(cpu);
        if (vcpu.state().nested()) {
            vcpu.nesting().exit(vcpu.state(), 0, 0, 0);
        }
    }

    /** Whether a virtual CPU runs a nested guest. */
    boolean nested(int cpu) {
        return machine.vcpu(cpu).state().nested();
    }

    private static void enter(Vcpu vcpu) {
        if (vcpu.enter() != GuestEntry.Result.ENTERED) {
            throw new MmuException("L1 cannot be entered: no shadow page, or its tables lie outside memory.");
        }
    }
}
