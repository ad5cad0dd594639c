package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.fault.Instruction.Kind;
import org.shadowmmu.engine.vcpu.ControlState;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.lab.machine.GuestCpu.Stop;
import org.shadowmmu.lab.recording.EventText;
import org.shadowmmu.lab.recording.RecordedOp;
import org.shadowmmu.lab.recording.RecordingHeader;

/** The nested guest of a recording: L1 runs it for one access at a time (RC-30 to RC-33, FORMAT section 4). */
final class NestedGuest {
    private static final long CR0 = 0x80010033L;
    private static final long CR4 = 0x6b0;
    private static final long EFER = 0x1d00;

    private static final int LOAD = 0x00;
    private static final int STORE = 0x10;
    private static final int HALT = 0x20;
    private static final int ACCESS_LENGTH = 3;

    private final RecordingHeader.Nested header;
    private final Stub stub;
    private final EventText events;

    NestedGuest(RecordingHeader.Nested header, Stub stub, EventText events) {
        this.header = header;
        this.stub = stub;
        this.events = events;
    }

    /** Carries out an L2 operation. */
    Stop run(GuestCpu cpu, RecordedOp op) {
        Stop stop = cpu.vmrun(stub.kva(Stub.VMRUN));
        if (stop != Stop.DONE) {
            return stop;
        }
        long rip = start(op);
        events.nestedVmenter(stub.kva(Stub.BEHIND_VMRUN), header.vmcb(), rip, header.nestedPaging());
        enter(cpu.vcpu(), op.ncr3());
        stop = inside(cpu, op, rip);
        return stop == Stop.NESTED_EXIT ? cpu.outAfterNested(stub.kva(Stub.BEHIND_VMRUN)) : stop;
    }

    private long start(RecordedOp op) {
        return switch (op.kind()) {
            case L2R -> header.code() + LOAD;
            case L2W -> header.code() + STORE;
            case L2X -> op.va();
            default -> header.code() + HALT;
        };
    }

    private void enter(Vcpu vcpu, long table) {
        if (header.nestedPaging()) {
            vcpu.nesting().enter(vcpu.state(), new ControlState(CR0, header.cr3(), CR4, EFER), table);
        } else {
            vcpu.nesting().enterWithoutNestedPaging(vcpu.state(), new ControlState(CR0, table, CR4, EFER));
        }
    }

    private static Stop inside(GuestCpu cpu, RecordedOp op, long rip) {
        Stop stop = switch (op.kind()) {
            case L2R -> cpu.run(rip, Kind.LOAD, op.va(), 0, 8, false);
            case L2W -> cpu.run(rip, Kind.STORE, op.va(), 0, 8, false);
            case L2X -> cpu.runCode(rip, false);
            default -> cpu.run(rip, Kind.NONE, 0, 0, 0, false);
        };
        return switch (stop) {
            case HALT -> cpu.halted(cpu.vcpu().state().rip);
            case DONE ->
                switch (op.kind()) {
                    case L2R, L2W -> cpu.halt(rip + ACCESS_LENGTH);
                    default -> cpu.halted(rip);
                };
            default -> stop;
        };
    }
}
