package org.shadowmmu.engine.vm;

import java.util.Objects;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.fault.Emulation;
import org.shadowmmu.engine.fault.Emulator;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.fault.Instruction.Kind;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.fault.PageFaults;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.Nesting;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.VcpuState;

/** A virtual CPU: enters the guest, accesses memory, faults, and changes registers. */
public final class Vcpu {
    /** No host frame. */
    public static final long NO_FRAME = -1;

    /** Faults of one access after which it counts as stuck; about ten are possible in earnest. */
    static final int PATIENCE = 1000;

    private final VirtualMachine machine;
    private final VcpuState state;
    private final GuestEntry entry;
    private final HardwareWalk walk;
    private final PageFaults faults;
    private final Emulator emulator;
    private final Registers registers;
    private final Nesting nesting;
    private final VirtualAccess virtual;

    Vcpu(
            VirtualMachine machine,
            VcpuState state,
            GuestEntry entry,
            HardwareWalk walk,
            PageFaults faults,
            Registers registers,
            Nesting nesting) {
        this.machine = machine;
        this.state = state;
        this.entry = entry;
        this.walk = walk;
        this.faults = faults;
        this.emulator = faults.emulator();
        this.registers = registers;
        this.nesting = nesting;
        this.virtual = new VirtualAccess(machine, state, entry, walk, faults);
    }

    /** The state that the MMU depends on. */
    public VcpuState state() {
        return state;
    }

    /** What writes to control registers do. */
    public Registers registers() {
        return registers;
    }

    /** Entering and leaving a nested guest. */
    public Nesting nesting() {
        return nesting;
    }

    /**
     * One access by guest physical address, two-dimensional paging; faults are handled until it succeeds.
     *
     * @throws MmuException if not a single shadow page is available, or the access makes no progress: from within an operation
     *     that let the lock go, memory that this operation takes away cannot be reached (PF-22)
     * @throws org.shadowmmu.engine.policy.PolicyFailure if a policy misbehaves
     */
    public AccessResult accessGpa(long gpa, AccessKind kind) {
        AccessResult result = AccessResult.HIT;
        for (int tries = 0; tries < PATIENCE; tries++) {
            enterOrThrow();
            Tlb tlb = state.tlb();
            if (tlb != null && cached(tlb, gpa, kind.bits)) {
                return result;
            }
            int error = walk.nested(rootPage(), gpa, kind.bits);
            if (error == HardwareWalk.OK) {
                if (tlb != null) {
                    tlb.insert(gpa >>> 12, walk.pfn(), walk.rights(), walk.leafLevel());
                }
                return result;
            }
            state.exited();
            Outcome outcome = faults.handle(state, gpa, error | kind.stage);
            if (outcome == Outcome.NO_PAGES) {
                throw noPages();
            }
            machine.finishOperation();
            if (outcome == Outcome.EMULATE) {
                return AccessResult.MMIO;
            }
            result = AccessResult.FAULT;
        }
        throw stuck(gpa);
    }

    /**
     * One access by virtual address, shadow paging; faults are handled until it is done.
     *
     * <p>If the hypervisor has to emulate a write, it finds an instruction that is not one of those that write page tables,
     * and whose value nobody knows: memory keeps its content. It reads instructions at {@code state().rip}, which a fetch
     * sets; see {@link #storeGva} for a plain store.
     *
     * @param kind {@link AccessKind#READ}, {@link AccessKind#WRITE} or {@link AccessKind#FETCH}
     * @param user whether the guest runs at CPL 3
     * @throws MmuException if not a single shadow page is available
     * @throws org.shadowmmu.engine.policy.PolicyFailure if a policy misbehaves
     */
    public VirtualAccessResult accessGva(long address, AccessKind kind, boolean user) {
        Instruction instruction = virtual.instruction();
        switch (kind) {
            case READ -> instruction.set(Kind.LOAD, address, 0, 1, user);
            case WRITE -> instruction.set(Kind.TOUCH, address, 0, 1, user);
            case FETCH -> {
                state.rip = address;
                instruction.set(Kind.NONE, address, 0, 0, user);
                return virtual.run(true);
            }
            case PAGE_TABLE ->
                throw new IllegalArgumentException("under shadow paging no processor reads the guest's page tables");
        }
        return virtual.run(false);
    }

    /**
     * The guest stores a value with a plain move; as {@link #accessGva}.
     *
     * @param size 1 to 8 bytes; the store may cross a page
     */
    public VirtualAccessResult storeGva(long address, long value, int size, boolean user) {
        return execute(Kind.STORE, address, value, size, user);
    }

    /**
     * The guest runs one instruction with a memory operand, at {@code state().rip}; as {@link #accessGva}.
     *
     * @param size 1 to 8 bytes; what loads and stores must not cross a page
     */
    public VirtualAccessResult execute(Kind kind, long address, long value, int size, boolean user) {
        virtual.instruction().set(kind, address, value, size, user);
        return virtual.run(false);
    }

    /** The host frame that the last access by virtual address reached; {@link #NO_FRAME} if it failed or was emulated. */
    public long reachedPfn() {
        return virtual.pfn();
    }

    /** The guest writes CR0; false if it gets a general protection fault. See {@link Registers#writeCr0}. */
    public boolean writeCr0(long value) {
        boolean legal = registers.writeCr0(state, value);
        machine.finishOperation();
        return legal;
    }

    /** The guest writes CR3, and the hypervisor sees it; false as {@link #writeCr0}. See {@link Registers#writeCr3}. */
    public boolean writeCr3(long value) {
        boolean legal = registers.writeCr3(state, value);
        machine.finishOperation();
        return legal;
    }

    /** The guest writes CR4; false as {@link #writeCr0}. See {@link Registers#writeCr4}. */
    public boolean writeCr4(long value) {
        boolean legal = registers.writeCr4(state, value);
        machine.finishOperation();
        return legal;
    }

    /** The guest writes EFER. See {@link Registers#writeEfer}. */
    public void writeEfer(long value) {
        registers.writeEfer(state, value);
        machine.finishOperation();
    }

    /**
     * One access by guest physical address that is made only if it needs nothing of the hypervisor: no request is pending, and
     * the tables or the processor's cache have the translation.
     *
     * @return whether it was made; if not, {@link #accessGpa} makes it
     */
    public boolean accessInGuest(long gpa, AccessKind kind) {
        if (entry.wanted(state)) {
            return false;
        }
        Tlb tlb = state.tlb();
        if (tlb != null && cached(tlb, gpa, kind.bits)) {
            return true;
        }
        if (walk.nested(rootPage(), gpa, kind.bits) != HardwareWalk.OK) {
            return false;
        }
        if (tlb != null) {
            tlb.insert(gpa >>> 12, walk.pfn(), walk.rights(), walk.leafLevel());
        }
        return true;
    }

    /**
     * Maps a range beforehand, under the root in use: tables, leaves and host memory are afterwards as if this virtual CPU had
     * accessed every page in ascending order, and {@code pages_4k} counts the leaves. But nobody took a fault: no event comes,
     * no other statistic, work counter or figure of the lock moves. The range may be as large as the memslots, for whole
     * subtrees take one {@linkplain org.shadowmmu.engine.shadow.FoldedEntry folded entry} until somebody looks into them.
     *
     * <p>A page that the host has given makes a dirty leaf, also if it is read (ST-10.6). One that it has discarded makes a
     * dirty leaf if it is written, and a clean, read-only one of zeros if it is read (RC-24a).
     *
     * @param first first guest frame number, a multiple of 512
     * @param count pages, a multiple of 512
     * @param kind {@link AccessKind#READ} or {@link AccessKind#WRITE}
     * @throws IllegalArgumentException if the virtual CPU has no root of the TDP MMU, if the range is not all in memslots that
     *     neither log dirty pages nor are read-only and that the host backs alike by 4 KiB pages, or if part of it is mapped;
     *     nothing has changed then
     */
    public void mapWithoutFaults(long first, long count, AccessKind kind) {
        enterOrThrow();
        ShadowPage root = state.roots().current().page();
        if (root == null || !root.tdp) {
            throw new IllegalArgumentException("a range is mapped without faults only under a root of the TDP MMU");
        }
        if (kind != AccessKind.READ && kind != AccessKind.WRITE) {
            throw new IllegalArgumentException("a range is mapped as data that is read or written, not " + kind);
        }
        machine.mapper().map(root, first, count, kind == AccessKind.WRITE);
    }

    private static boolean cached(Tlb tlb, long gpa, int access) {
        int place = tlb.find(gpa >>> 12);
        if (place != Tlb.MISS && HardwareWalk.allowsNested(tlb.rights(place), access)) {
            tlb.countHit();
            return true;
        }
        tlb.countMiss();
        return false;
    }

    private ShadowPage rootPage() {
        return Objects.requireNonNull(state.roots().current().page(), "two-dimensional paging has one root page");
    }

    private void enterOrThrow() {
        if (enter() != GuestEntry.Result.ENTERED) {
            throw noPages();
        }
    }

    static MmuException noPages() {
        return new MmuException("Not one shadow page is available and reclaim found no victim: raise the quota.");
    }

    static MmuException stuck(long address) {
        return new MmuException(
                "The access to 0x" + Long.toHexString(address) + " made no progress in " + PATIENCE + " faults.");
    }

    /** Services requests and loads a root (VC-20). */
    public GuestEntry.Result enter() {
        return entry.enter(state);
    }

    /** The processor's walk of NPT for one access; see {@link HardwareWalk#nested}. Call {@link #enter} before. */
    public int walkNested(long gpa, int access) {
        return walk.nested(rootPage(), gpa, access);
    }

    /** The host frame that the last successful walk found. */
    public long walkedPfn() {
        return walk.pfn();
    }

    /** The processor's walk of the shadow tables for one access; see {@link HardwareWalk#shadow}. Call {@link #enter} before. */
    public int walkShadow(long address, int access) {
        return walk.shadow(
                state.roots().current().start(address),
                address,
                access,
                state.mode().paging());
    }

    /** The guest executes INVLPG and the hypervisor sees it, as in shadow paging (US-31). */
    public void invlpg(long address) {
        faults.invalidation().invlpg(state, address);
        machine.finishOperation();
    }

    /** Handles a page-fault exit; see {@link PageFaults#handle}. */
    public Outcome fault(long address, long error) {
        state.exited();
        Outcome outcome = faults.handle(state, address, error);
        machine.finishOperation();
        return outcome;
    }

    /** Emulates what runs, after a fault that ended in {@link Outcome#EMULATE}. */
    public Emulation emulate(long address, long error, boolean user, Emulator.Decoder decoder) {
        Emulation emulation = emulator.emulate(state, address, error, user, decoder);
        machine.finishOperation();
        return emulation;
    }

    /** The hypervisor reads the instruction at {@code rip} in order to carry it out or skip it (RC-11). */
    public boolean fetchForSkip(boolean user) {
        state.exited();
        return emulator.fetchForSkip(state, user);
    }

    /** The emulator, for the fault that a failed walk of it left. */
    public Emulator emulator() {
        return emulator;
    }
}
