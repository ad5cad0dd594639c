package org.shadowmmu.engine.fault;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.guest.GuestWalker;
import org.shadowmmu.engine.guest.TableTranslation;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.zap.Zapper;

/** What follows when a fault ends in emulation: unprotect and retry, or carry the instruction out (PF-50, EM-1 to EM-6a). */
public final class Emulator {
    /** Told of accesses that leave the virtual machine. */
    public interface MmioListener {
        /** An access to no memory, or a write to read-only memory. */
        void mmio(boolean write, long gpa, int size);
    }

    /** Reads instructions. */
    @FunctionalInterface
    public interface Decoder {
        /** What the instruction at this guest physical address does. */
        Instruction at(long gpa);
    }

    private static final int PAGE = 4096;
    private static final long UNPROTECT_ONLY = Access.GUEST_PAGE | Access.WRITE | Access.PRESENT;

    private final MmuCore core;
    private final Zapper zapper;
    private final Registers registers;
    private final GuestFaults guestFaults;
    private final GuestTableWrites tableWrites;
    private final GuestWalker walker;
    private final GuestWalker nestedWalker;
    private final TableTranslation nestedFrames = this::nestedFrame;
    private @Nullable VcpuState walking;
    private MmioListener listener = (write, gpa, size) -> {};
    private long walkedAddress;
    private long walkedFrame;
    private long exitError;
    /** The address of the fault if it is a guest physical one, which operands at the same page offset have; else -1. */
    private long faultGpa = -1;

    private long operandGpa;
    private long loaded;

    /** Makes the emulator of a virtual machine. */
    Emulator(MmuCore core, Zapper zapper, Registers registers, GuestFaults guestFaults, GuestTableWrites tableWrites) {
        this.core = core;
        this.guestFaults = guestFaults;
        this.zapper = zapper;
        this.registers = registers;
        this.tableWrites = tableWrites;
        this.walker = new GuestWalker(core.memory, core.events);
        this.nestedWalker = new GuestWalker(core.memory, core.events);
    }

    /** Sets who is told of MMIO. */
    public void setMmioListener(MmioListener newListener) {
        listener = newListener;
    }

    /**
     * Goes on after a fault that ended in {@link Outcome#EMULATE}.
     *
     * @param address the faulting address, as for {@link PageFaults#handle}
     * @param error its error code
     * @param user whether the virtual CPU runs at CPL 3
     * @param decoder reads the instruction at the virtual CPU's {@code rip}
     */
    public Emulation emulate(VcpuState vcpu, long address, long error, boolean user, Decoder decoder) {
        boolean direct = vcpu.mode().direct();
        exitError = error;
        if (direct && (error & UNPROTECT_ONLY) == UNPROTECT_ONLY) {
            zapper.unprotect(address >>> 12);
            return Emulation.RESUME;
        }
        long generation = core.memslots.generation(vcpu.addressSpace());
        boolean knownMmio =
                direct ? vcpu.mmio.matchesGpa(address, generation) : vcpu.mmio.matchesGva(address, generation);
        return run(vcpu, address, user, decoder, !knownMmio && !vcpu.nested());
    }

    private Emulation run(VcpuState vcpu, long address, boolean user, Decoder decoder, boolean mayRetry) {
        boolean direct = vcpu.mode().direct();
        boolean sameAgain = vcpu.retryRip == vcpu.rip && vcpu.retryAddress == address;
        vcpu.retryRip = -1;
        vcpu.retryAddress = -1;
        if (!fetch(vcpu, user)) {
            return guestFault(vcpu);
        }
        if (core.memory.slotOf(vcpu.addressSpace(), operandGpa) == null) {
            return mayRetry && retryUnreadable(vcpu, address) ? Emulation.RESUME : Emulation.UNREADABLE;
        }
        Instruction instruction = decoder.at(operandGpa);
        if (mayRetry && !instruction.writesPageTables() && !sameAgain) {
            vcpu.retryRip = vcpu.rip;
            vcpu.retryAddress = address;
            unprotect(vcpu, address);
            return Emulation.RESUME;
        }
        core.counters.add(Counter.INSN_EMULATION, vcpu.index, 1);
        faultGpa = direct ? address : -1;
        return execute(vcpu, instruction);
    }

    /** Unprotects the frame behind a faulting address; an indirect MMU walks for a write first (GP-43). */
    private void unprotect(VcpuState vcpu, long address) {
        if (vcpu.mode().direct()) {
            zapper.unprotect(address >>> 12);
        } else if (translate(vcpu, address, vcpu.user, Access.WRITE)) {
            zapper.unprotect(operandGpa >>> 12);
        }
    }

    /** Whether an instruction that cannot be read may succeed when it runs again: not if its address is MMIO (EM-6). */
    private boolean retryUnreadable(VcpuState vcpu, long address) {
        if (vcpu.mode().direct()) {
            operandGpa = address;
        } else if (!translate(vcpu, address, vcpu.user, Access.WRITE)) {
            return true;
        }
        if (core.memory.slotOf(vcpu.addressSpace(), operandGpa) == null) {
            return false;
        }
        zapper.unprotect(operandGpa >>> 12);
        return true;
    }

    /** A fault while an exception was being delivered: its address is unprotected first (PF-2). */
    void unprotectDuringDelivery(VcpuState vcpu, long address) {
        if (translate(vcpu, address, vcpu.user, 0)) {
            zapper.unprotect(operandGpa >>> 12);
        }
    }

    /** The L1 frame behind an L2 frame: a walk of the nested tables (GP-5). */
    private long nestedFrame(long gfn, int access) {
        VcpuState vcpu = Objects.requireNonNull(walking);
        walkedFrame = gfn;
        boolean allowed = nestedWalker.walk(
                vcpu.mode().paging(), vcpu.addressSpace(), vcpu.pgd(), registers.pdptes(vcpu), gfn << 12, access);
        return allowed ? nestedWalker.gfn() : TableTranslation.NONE;
    }

    private Emulation guestFault(VcpuState vcpu) {
        if (walker.nestedFailure()) {
            // L1 sees the frame that its tables refuse and the high half of the exit under way (RC-31).
            guestFaults.refuse(vcpu, nestedWalker.error(), walkedFrame << 12, exitError);
        } else {
            guestFaults.inject(vcpu, walker.error(), walkedAddress);
        }
        return Emulation.GUEST_FAULT;
    }

    private Emulation execute(VcpuState vcpu, Instruction instruction) {
        boolean done = switch (instruction.kind()) {
            case NONE -> true;
            case LOAD -> load(vcpu, instruction);
            case STORE, BULK_STORE -> store(vcpu, instruction, instruction.value());
            case TOUCH -> store(vcpu, instruction, 0);
            case READ_MODIFY_WRITE -> load(vcpu, instruction) && store(vcpu, instruction, loaded + instruction.value());
            case EXCHANGE -> exchange(vcpu, instruction);
        };
        return done ? Emulation.DONE : guestFault(vcpu);
    }

    private boolean load(VcpuState vcpu, Instruction instruction) {
        if (!operand(vcpu, instruction.address(), instruction.user(), 0)) {
            return false;
        }
        Memslot slot = slotOfOperand(vcpu, operandGpa);
        if (slot == null) {
            mmio(vcpu, false, operandGpa, instruction.size());
            loaded = 0;
        } else {
            int inPage = (int) Math.min(instruction.size(), PAGE - (operandGpa & PAGE - 1));
            loaded = core.memory.read(slot, operandGpa, inPage);
        }
        return true;
    }

    private boolean store(VcpuState vcpu, Instruction instruction, long value) {
        long address = instruction.address();
        int inPage = (int) Math.min(instruction.size(), PAGE - (address & PAGE - 1));
        if (!operand(vcpu, address, instruction.user(), Access.WRITE)) {
            return false;
        }
        write(vcpu, instruction, value, inPage);
        int rest = instruction.size() - inPage;
        if (rest == 0) {
            return true;
        }
        if (!operand(vcpu, address + inPage, instruction.user(), Access.WRITE)) {
            return false;
        }
        write(vcpu, instruction, value >>> 8 * inPage, rest);
        return true;
    }

    /** A locked exchange: a read, then a compare-exchange that always walks (RC-13). */
    private boolean exchange(VcpuState vcpu, Instruction instruction) {
        if (!load(vcpu, instruction)) {
            return false;
        }
        if (!translate(vcpu, instruction.address(), instruction.user(), Access.WRITE)) {
            return false;
        }
        write(vcpu, instruction, instruction.value(), instruction.size());
        return true;
    }

    /** Finds the operand, or the part of it in one page: known from the fault or the MMIO cache, or by a walk (GP-42). */
    private boolean operand(VcpuState vcpu, long address, boolean user, int access) {
        if (faultGpa >= 0 && ((faultGpa ^ address) & PAGE - 1) == 0) {
            operandGpa = faultGpa;
            return true;
        }
        long generation = core.memslots.generation(vcpu.addressSpace());
        if (vcpu.mmio.matchesGva(address, generation)
                && !vcpu.ownPaging().refuses(vcpu.mmio.access(), access | (user ? Access.USER : 0))) {
            operandGpa = vcpu.mmio.gfn() << 12 | address & PAGE - 1;
            return true;
        }
        return translate(vcpu, address, user, access);
    }

    /** The memslot of an operand; null if it is MMIO or the MMIO cache still says so (PF-62, PF-64). */
    private @Nullable Memslot slotOfOperand(VcpuState vcpu, long gpa) {
        int space = vcpu.addressSpace();
        return vcpu.mmio.matchesGpa(gpa, core.memslots.generation(space)) ? null : core.memory.slotOf(space, gpa);
    }

    /** Walks the guest's tables at the instruction's address (GP-41). */
    private boolean fetch(VcpuState vcpu, boolean user) {
        return translate(vcpu, vcpu.rip, user, Access.FETCH);
    }

    private boolean translate(VcpuState vcpu, long address, boolean user, int access) {
        if (vcpu.ownPaging().isOff()) {
            operandGpa = address;
            return true;
        }
        walkedAddress = address;
        walking = vcpu;
        boolean allowed = walker.walk(
                vcpu.ownPaging(),
                vcpu.addressSpace(),
                vcpu.cr3,
                registers.pdptes(vcpu),
                address,
                access | (user ? Access.USER : 0),
                vcpu.nestedPaging() ? nestedFrames : null);
        operandGpa = walker.gfn() << 12 | address & PAGE - 1;
        return allowed;
    }

    /** Walks for a fetch that the hypervisor makes to skip or decode an intercepted instruction (RC-11). */
    public boolean fetchForSkip(VcpuState vcpu, boolean user) {
        boolean allowed = fetch(vcpu, user);
        if (!allowed) {
            guestFaults.inject(vcpu, walker.error(), walkedAddress);
        }
        return allowed;
    }

    /** Writes the operand, or the part of it that lies in this page. */
    private void write(VcpuState vcpu, Instruction instruction, long value, int size) {
        long gpa = operandGpa;
        Memslot slot = slotOfOperand(vcpu, gpa);
        if (slot == null || slot.readOnly()) {
            mmio(vcpu, true, gpa, size);
            return;
        }
        long written = instruction.kind() == Instruction.Kind.TOUCH ? core.memory.read(slot, gpa, size) : value;
        core.memory.write(slot, gpa, written, size);
        tableWrites.written(vcpu, gpa, core.memory.read(slot, gpa), size);
    }

    private void mmio(VcpuState vcpu, boolean write, long gpa, int size) {
        core.counters.add(Counter.MMIO_EXITS, vcpu.index, 1);
        listener.mmio(write, gpa, size);
    }
}
