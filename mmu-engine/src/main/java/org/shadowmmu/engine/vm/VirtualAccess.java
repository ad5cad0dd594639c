package org.shadowmmu.engine.vm;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.fault.Emulation;
import org.shadowmmu.engine.fault.Emulator;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.fault.PageFaults;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.HostMemory;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.VcpuState;

/**
 * Runs the memory accesses of one guest instruction at a time under shadow paging, as a processor and the hypervisor do
 * together: walk the shadow tables, leave the guest on a fault, let it be handled or emulated, and start again (OV-8,
 * OV-10). Reading the instruction itself is not part of it, unless the emulator has to.
 */
final class VirtualAccess {
    private static final int PAGE = 4096;

    private final VirtualMachine machine;
    private final HostMemory host;
    private final VcpuState state;
    private final GuestEntry entry;
    private final HardwareWalk walk;
    private final PageFaults faults;
    private final Emulator emulator;
    private final Instruction instruction = new Instruction();
    private final Emulator.Decoder decoder = gpa -> instruction;

    private int userBit;
    private long pfn;
    private long faultAddress;
    private int faultError;

    VirtualAccess(VirtualMachine machine, VcpuState state, GuestEntry entry, HardwareWalk walk, PageFaults faults) {
        this.machine = machine;
        this.host = machine.host();
        this.state = state;
        this.entry = entry;
        this.walk = walk;
        this.faults = faults;
        this.emulator = faults.emulator();
    }

    /** The instruction to run next; changed in place. */
    Instruction instruction() {
        return instruction;
    }

    /** The host frame that the last access reached; {@link Vcpu#NO_FRAME} if it failed or was emulated. */
    long pfn() {
        return pfn;
    }

    /** Runs the instruction until it is done, or cannot be done; {@code fetch} also fetches from its address (GP-40). */
    VirtualAccessResult run(boolean fetch) {
        state.user = instruction.user();
        userBit = instruction.user() ? Access.USER : 0;
        long deviceAccesses = deviceAccesses();
        VirtualAccessResult success = VirtualAccessResult.HIT;
        for (int tries = 0; tries < Vcpu.PATIENCE; tries++) {
            switch (entry.enter(state)) {
                case ENTERED -> {}
                case TRIPLE_FAULT -> {
                    return VirtualAccessResult.SHUTDOWN;
                }
                case NO_PAGES -> throw Vcpu.noPages();
            }
            if (fetch ? reach(instruction.address(), Access.FETCH) : attempt()) {
                return success;
            }
            success = VirtualAccessResult.FAULT;
            pfn = Vcpu.NO_FRAME;
            VirtualAccessResult result = handle(deviceAccesses);
            if (result != null) {
                return result;
            }
        }
        throw Vcpu.stuck(instruction.address());
    }

    /** The accesses in the processor's order; memory changes only if all of them are allowed. */
    private boolean attempt() {
        long address = instruction.address();
        return switch (instruction.kind()) {
            case NONE -> true;
            case LOAD -> reach(address, 0);
            case TOUCH -> reach(address, Access.WRITE);
            case STORE, BULK_STORE, EXCHANGE -> store(instruction.value());
            // What loads in order to store asks for write access at once.
            case READ_MODIFY_WRITE -> reach(address, Access.WRITE) && store(instruction.value() + read());
        };
    }

    private boolean store(long value) {
        long first = instruction.address();
        if (!reach(first, Access.WRITE)) {
            return false;
        }
        int size = instruction.size();
        int inPage = (int) Math.min(size, PAGE - (first & PAGE - 1));
        if (inPage < size) {
            long firstPfn = pfn;
            if (!reach(first + inPage, Access.WRITE)) {
                return false;
            }
            write(0, value >>> 8 * inPage, size - inPage);
            pfn = firstPfn;
        }
        write((int) first & PAGE - 1, value, inPage);
        return true;
    }

    /** Whether the processor reaches an address; otherwise it leaves the guest with a page fault. */
    private boolean reach(long address, int kind) {
        int access = kind | userBit;
        Tlb tlb = state.tlb();
        if (tlb != null && cached(tlb, address, access)) {
            return true;
        }
        int error = walk.shadow(
                state.roots().current().start(address),
                address,
                access,
                state.mode().paging());
        if (error != HardwareWalk.OK) {
            faultAddress = address;
            faultError = error;
            return false;
        }
        pfn = walk.pfn();
        if (tlb != null) {
            tlb.insert(address >>> 12, pfn, walk.rights(), walk.leafLevel());
        }
        return true;
    }

    /** Whether the TLB has a translation that allows the access; one that does not is looked up in the tables again. */
    private boolean cached(Tlb tlb, long address, int access) {
        int place = tlb.find(address >>> 12);
        if (place == Tlb.MISS
                || !HardwareWalk.allows(tlb.rights(place), access, state.mode().paging())) {
            tlb.countMiss();
            return false;
        }
        tlb.countHit();
        pfn = tlb.frame(place);
        return true;
    }

    /** Handles the fault; returns what follows, null to try again. */
    private @Nullable VirtualAccessResult handle(long deviceAccesses) {
        state.exited();
        Outcome outcome = faults.handle(state, faultAddress, faultError);
        machine.finishOperation();
        if (outcome == Outcome.NO_PAGES) {
            throw Vcpu.noPages();
        }
        if (outcome == Outcome.EMULATE) {
            Emulation emulation = emulator.emulate(state, faultAddress, faultError, instruction.user(), decoder);
            machine.finishOperation();
            if (emulation == Emulation.UNREADABLE) {
                return VirtualAccessResult.MMIO;
            }
            if (emulation == Emulation.DONE) {
                return deviceAccesses() == deviceAccesses ? VirtualAccessResult.FAULT : VirtualAccessResult.MMIO;
            }
        }
        return state.takeGuestFault() ? VirtualAccessResult.GUEST_FAULT : null;
    }

    private long deviceAccesses() {
        return machine.counters().get(Counter.MMIO_EXITS, state.index);
    }

    private long read() {
        Backing backing = host.holding(pfn);
        return backing.readBytes(backing.pageOf(pfn), (int) instruction.address() & PAGE - 1, instruction.size());
    }

    private void write(int offset, long value, int size) {
        Backing backing = host.holding(pfn);
        backing.writeBytes(backing.pageOf(pfn), offset, value, size);
    }
}
