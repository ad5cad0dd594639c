package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.fault.Emulation;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.fault.Instruction.Kind;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.recording.EventText;

/**
 * One emulated CPU under KVM: runs single instructions, takes exits to the engine, delivers exceptions (RC-3 to RC-17).
 *
 * <p>An instruction starts again after every fault exit, because every entry to the guest starts with an empty TLB (RC-2).
 */
final class GuestCpu {
    /** How a run of instructions ended. */
    enum Stop {
        /** The instruction is done; the next may follow. */
        DONE,
        /** An {@code out} ended the run. */
        OUT,
        /** An exception was delivered and its handler ended the run. */
        EXCEPTION,
        /** The nested guest executed HLT. */
        HALT,
        /** The nested guest left to L1. */
        NESTED_EXIT,
        /** The guest cannot go on (SP-32). */
        SHUTDOWN,
        /** The guest makes no progress. */
        STUCK
    }

    private static final int VECTOR_UD = 6;
    private static final int VECTOR_GP = 13;
    private static final int VECTOR_PF = 14;
    private static final int NO_VECTOR = -1;

    private static final int EXIT_PF = 0x4e;
    private static final int EXIT_OUT = 0x7b;
    private static final int EXIT_VMRUN = 0x80;
    private static final int EXIT_HLT = 0x78;
    private static final int NESTED_EXIT_UD = 0x46;
    private static final int PORT_DONE = 0x10;
    private static final int PORT_PF = 0x11;
    private static final int PORT_OTHER = 0x12;
    private static final int PORT_NESTED = 0x13;

    private static final int OPCODE_OUT = 0xe6;
    private static final int OPCODE_NOP = 0x90;
    private static final int OPCODE_HLT = 0xf4;

    /** Fault exits of one instruction after which it counts as stuck; the recording's watchdog waits 2 s. */
    private static final int PATIENCE = 10_000;

    private final VirtualMachine machine;
    private final Vcpu vcpu;
    private final Stub stub;
    private final EventText events;
    private final ResultText result;
    private final Translation translation;
    private final InstructionAccesses accesses;
    private final Instruction instruction = new Instruction();
    private final Instruction decoded = new Instruction();

    private int vector = NO_VECTOR;
    private int vectorError;
    private long vectorAddress;
    private long outRip;
    private long haltRip;

    GuestCpu(
            VirtualMachine machine,
            Vcpu vcpu,
            Stub stub,
            EventText events,
            ResultText result,
            Translation translation) {
        this.machine = machine;
        this.vcpu = vcpu;
        this.stub = stub;
        this.events = events;
        this.result = result;
        this.translation = translation;
        this.accesses = new InstructionAccesses(translation, machine.host());
    }

    Vcpu vcpu() {
        return vcpu;
    }

    // ---- instructions ----------------------------------------------------------------------------------------------

    /** Runs one instruction that accesses memory, or none, at {@code rip}. */
    Stop run(long rip, Kind kind, long address, long value, int size, boolean user) {
        instruction.set(kind, address, value, size, user);
        return run(rip, user, false);
    }

    /** Runs whatever lies at {@code rip} until it ends the run. */
    Stop runCode(long rip, boolean user) {
        long at = rip;
        while (true) {
            Stop stop = run(at, user, true);
            if (stop != Stop.DONE) {
                return stop;
            }
            at += decoded.kind() == Kind.NONE ? 1 : 2;
        }
    }

    private Stop run(long rip, boolean user, boolean decode) {
        vcpu.state().rip = rip;
        vcpu.state().user = user;
        boolean nested = vcpu.state().nested();
        for (int tries = 0; tries < PATIENCE; tries++) {
            if (vcpu.enter() != GuestEntry.Result.ENTERED) {
                return Stop.SHUTDOWN;
            }
            if (nested && !vcpu.state().nested()) {
                return Stop.NESTED_EXIT;
            }
            if (vcpu.state().takeGuestFault()) {
                raise(VECTOR_PF, vcpu.state().guestFaultError(), vcpu.state().guestFaultAddress());
            }
            if (vector != NO_VECTOR) {
                if (deliver(user)) {
                    return Stop.EXCEPTION;
                }
                continue;
            }
            int attempt = attempt(rip, user, decode);
            if (attempt == Translation.GUEST_FAULT && nested) {
                return faulted(rip);
            }
            if (attempt == Translation.GUEST_FAULT) {
                raise(VECTOR_PF, translation.guestError(), accesses.address());
            } else if (attempt == Translation.OK || exit(rip, user, decode)) {
                Stop stop = decode ? decodedStop(rip) : Stop.DONE;
                if (stop != Stop.HALT || !user) {
                    return stop;
                }
                // HLT at CPL 3 is a general protection fault and no exit (RC-15a).
                raise(VECTOR_GP, 0, 0);
            }
        }
        return Stop.STUCK;
    }

    private Stop decodedStop(long rip) {
        return haltRip == rip ? Stop.HALT : outRip == rip ? Stop.OUT : Stop.DONE;
    }

    /** Fetches the instruction and makes its accesses; says how the last translation ended. */
    private int attempt(long rip, boolean user, boolean decode) {
        outRip = -1;
        haltRip = -1;
        int fetched = accesses.access(rip, Access.FETCH, user);
        if (fetched != Translation.OK) {
            return fetched;
        }
        Instruction what = instruction;
        if (decode) {
            decode(accesses.read(rip), rip);
            if (outRip == rip) {
                events.kvmExit(EXIT_OUT, rip, outInfo(PORT_DONE));
            }
            what = decoded;
        }
        return what.kind() == Kind.NONE ? Translation.OK : accesses.operand(what, user);
    }

    /** Takes apart what the guest executes outside the stub: {@code out}, or zeros (RC-7). */
    private void decode(long bytes, long rip) {
        switch ((int) bytes & 255) {
            case OPCODE_OUT -> {
                decoded.set(Kind.NONE, 0, 0, 0, false);
                outRip = rip;
            }
            case OPCODE_HLT -> {
                decoded.set(Kind.NONE, 0, 0, 0, false);
                haltRip = rip;
            }
            case OPCODE_NOP -> decoded.set(Kind.NONE, 0, 0, 0, false);
            case 0 -> decoded.set(Kind.READ_MODIFY_WRITE, 0, 0, 1, false);
            default ->
                throw new IllegalStateException(
                        "the stub machine cannot execute the byte 0x" + Long.toHexString(bytes & 255));
        }
    }

    // ---- exits -----------------------------------------------------------------------------------------------------

    /** Handles a page-fault exit; returns whether the instruction is done. */
    private boolean exit(long rip, boolean user, boolean decode) {
        long address = translation.exitAddress();
        long error = translation.exitError();
        events.kvmExit(translation.exitReason(), rip, error);
        if (vcpu.state().nested()) {
            events.nestedVmexit(translation.exitReason(), error, address);
        }
        if (vcpu.fault(address, error) != Outcome.EMULATE) {
            return false;
        }
        Emulation emulation = vcpu.emulate(address, error, user, gpa -> decode ? decodeAt(gpa, rip) : instruction);
        switch (emulation) {
            case DONE -> {
                return true;
            }
            case RESUME, GUEST_FAULT -> {}
            case UNREADABLE -> {
                if (vcpu.state().nested()) {
                    vcpu.state().queueNestedExit(NESTED_EXIT_UD, error, address);
                    return false;
                }
                if (!user) {
                    result.part("internal-error sub=1");
                }
                raise(VECTOR_UD, 0, rip);
            }
        }
        return false;
    }

    private Instruction decodeAt(long gpa, long rip) {
        Memslot slot = machine.core().memory.slotOf(0, gpa);
        if (slot == null) {
            throw new IllegalStateException("the emulator read an instruction outside memory");
        }
        decode(machine.core().memory.read(slot, gpa) >>> (gpa & 7) * 8, rip);
        return decoded;
    }

    // ---- exceptions ------------------------------------------------------------------------------------------------

    private void raise(int newVector, int error, long address) {
        vector = newVector;
        vectorError = error;
        vectorAddress = address;
    }

    /** Delivers the pending exception and runs its handler (RC-8); returns whether the handler ended the run. */
    private boolean deliver(boolean user) {
        long handler = stub.kva(vector == VECTOR_PF ? Stub.PF_HANDLER : Stub.OTHER_HANDLER);
        boolean reached = deliveryAccess(stub.gate(vector), 0)
                && deliveryAccess(stub.kva(Stub.GDT_CODE), 0)
                && (!user || deliveryAccess(stub.kva(Stub.TSS_STACK), 0))
                && deliveryAccess(stub.kva(Stub.STACK - 8), Access.WRITE);
        if (!reached) {
            return false;
        }
        int delivered = vector;
        vector = NO_VECTOR;
        long rip = vcpu.state().rip;
        Stop stop = run(handler, Kind.NONE, 0, 0, 0, false);
        if (stop == Stop.DONE) {
            int deliveredPort = delivered == VECTOR_PF ? PORT_PF : PORT_OTHER;
            events.kvmExit(EXIT_OUT, handler, outInfo(deliveredPort));
            if (delivered == VECTOR_PF) {
                result.pageFault(vectorError, vectorAddress);
            } else {
                result.exception(delivered == VECTOR_GP ? vectorError : rip);
            }
        }
        return true;
    }

    /** One supervisor access of the delivery; returns false if it left the guest, and the delivery starts again. */
    private boolean deliveryAccess(long va, int kind) {
        if (accesses.access(va, kind, false) == Translation.OK) {
            return true;
        }
        long address = translation.exitAddress();
        long error = translation.exitError();
        events.kvmExit(translation.exitReason(), vcpu.state().rip, error);
        vcpu.state().deliveringEvent = true;
        vcpu.fault(address, error);
        vcpu.state().deliveringEvent = false;
        return false;
    }

    // ---- ends of a run ---------------------------------------------------------------------------------------------

    /** Runs the {@code out} at {@code rip} that tells the VMM that the operation is done. */
    Stop out(long rip, boolean user) {
        Stop stop = run(rip, Kind.NONE, 0, 0, 0, user);
        if (stop == Stop.DONE) {
            events.kvmExit(EXIT_OUT, rip, outInfo(PORT_DONE));
            return Stop.OUT;
        }
        return stop;
    }

    private static long outInfo(int port) {
        return (long) port << 16 | 0x10;
    }

    /** Runs a write to a control register: fetch, exit, the hypervisor's fetch walk, the write (RC-10). */
    Stop writeRegister(long rip, int reason, long value) {
        Stop stop = run(rip, Kind.NONE, 0, 0, 0, false);
        if (stop != Stop.DONE) {
            return stop;
        }
        events.kvmExit(reason, rip, reason == RegisterExit.WRMSR ? 1 : 0);
        Registers registers = vcpu.registers();
        boolean legal = true;
        if (reason == RegisterExit.WRMSR) {
            registers.writeEfer(vcpu.state(), value);
            vcpu.fetchForSkip(false);
        } else {
            vcpu.fetchForSkip(false);
            legal = switch (reason) {
                case RegisterExit.CR3 -> registers.writeCr3(vcpu.state(), value);
                case RegisterExit.CR4 -> registers.writeCr4(vcpu.state(), value);
                default -> registers.writeCr0(vcpu.state(), value);
            };
        }
        if (!legal) {
            raise(VECTOR_GP, 0, 0);
            return run(rip, Kind.NONE, 0, 0, 0, false);
        }
        return Stop.DONE;
    }

    /** Runs INVLPG that the hypervisor intercepts (RC-10). */
    Stop invlpg(long rip, long address) {
        Stop stop = run(rip, Kind.NONE, 0, 0, 0, false);
        if (stop == Stop.DONE) {
            events.kvmExit(RegisterExit.INVLPG, rip, 0);
            vcpu.fetchForSkip(false);
            vcpu.invlpg(address);
        }
        return stop;
    }

    // ---- nested guests ---------------------------------------------------------------------------------------------

    /** Runs VMRUN up to the entry of L2 (RC-30); the caller makes the entry. */
    Stop vmrun(long rip) {
        Stop stop = run(rip, Kind.NONE, 0, 0, 0, false);
        if (stop == Stop.DONE) {
            events.kvmExit(EXIT_VMRUN, rip, 0);
            vcpu.fetchForSkip(false);
        }
        return stop;
    }

    /** Runs HLT in L2, which exits to L1 (RC-31). */
    Stop halt(long rip) {
        Stop stop = run(rip, Kind.NONE, 0, 0, 0, false);
        return stop == Stop.DONE ? halted(rip) : stop;
    }

    /** L2 executed HLT: the exit to L1. */
    Stop halted(long rip) {
        events.kvmExit(EXIT_HLT, rip, 0);
        events.nestedVmexit(EXIT_HLT, 0, 0);
        vcpu.nesting().exit(vcpu.state(), EXIT_HLT, 0, 0);
        return Stop.NESTED_EXIT;
    }

    /** The hardware found a page fault in L2's own tables: L1 intercepts it (RC-31). */
    private Stop faulted(long rip) {
        long error = translation.guestError();
        events.kvmExit(EXIT_PF, rip, error);
        events.nestedVmexit(EXIT_PF, error, accesses.address());
        vcpu.nesting().exit(vcpu.state(), EXIT_PF, error, accesses.address());
        return Stop.NESTED_EXIT;
    }

    /** L1 goes on behind VMRUN and tells the VMM what L2 did. */
    Stop outAfterNested(long rip) {
        Stop stop = run(rip, Kind.NONE, 0, 0, 0, false);
        if (stop == Stop.DONE) {
            events.kvmExit(EXIT_OUT, rip, outInfo(PORT_NESTED));
            result.nestedExit(
                    vcpu.state().nestedExitCode(),
                    vcpu.state().nestedExitInfo1(),
                    vcpu.state().nestedExitInfo2());
        }
        return stop;
    }
}
