package org.shadowmmu.lab.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.audit.AuditViolation;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.fault.Instruction.Kind;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.machine.GuestCpu.Stop;
import org.shadowmmu.lab.recording.EventText;
import org.shadowmmu.lab.recording.HostMode;
import org.shadowmmu.lab.recording.KernelEra;
import org.shadowmmu.lab.recording.LineBuffer;
import org.shadowmmu.lab.recording.RecordedMachine;
import org.shadowmmu.lab.recording.RecordedOp;
import org.shadowmmu.lab.recording.RecordedOpKind;
import org.shadowmmu.lab.recording.RecordingHeader;
import org.shadowmmu.lab.recording.StatText;

/** The virtual machine of a recording: engine, CPU, stub and VMM, ready to carry out the recorded operations. */
public final class RecordedVm implements RecordedMachine {
    private static final long CR0_IGNORED = 1 << 1 | 1 << 3;
    /** What CR0 of the hardware always has in shadow paging (RC-3, RC-10). */
    private static final long CR0_OF_HARDWARE = Registers.CR0_PG | Registers.CR0_WP;

    private final RecordingHeader header;
    private final LineBuffer lines;
    private final EventText events;
    private final ResultText result = new ResultText();
    private final VirtualMachine machine;
    private final Vmm vmm;
    private final Stub stub;
    private final List<GuestCpu> cpus = new ArrayList<>();
    private final @Nullable NestedGuest nestedGuest;
    private final StatText stats;
    private final DumpText dump;
    private final Audit audit;

    /**
     * Makes the machine that a header describes.
     *
     * @param policies who decides; the recordings are of upstream policies
     */
    public RecordedVm(RecordingHeader header, PolicyRuntime policies) {
        this(header, policies, null);
    }

    /**
     * Makes the machine that a header describes.
     *
     * @param policies who decides
     * @param listener who hears the events of the machine in place of the text of the operations; null for the text
     */
    public RecordedVm(RecordingHeader header, PolicyRuntime policies, @Nullable MmuEvents listener) {
        this.header = header;
        lines = new LineBuffer();
        events = new EventText(lines, header);
        machine = VirtualMachine.create(
                optionsOf(header), header.vcpus(), policies, listener == null ? events : listener);
        vmm = new Vmm(header, machine, result);
        stub = new Stub(header);
        for (int i = 0; i < header.vcpus(); i++) {
            cpus.add(new GuestCpu(
                    machine,
                    machine.vcpu(i),
                    stub,
                    events,
                    result,
                    header.mode() == HostMode.SHADOW
                            ? new ShadowTranslation(machine.vcpu(i))
                            : new NestedTranslation(machine.vcpu(i), machine.host())));
        }
        RecordingHeader.Nested nested = header.nested();
        nestedGuest = nested == null ? null : new NestedGuest(nested, stub, events);
        stats = new StatText(header.vcpus());
        dump = new DumpText(machine, linux612(header) ? Role.INVALID : 0);
        audit = new Audit(machine);
        machine.vcpu(0).emulator().setMmioListener(result::mmio);
    }

    private static MmuOptions optionsOf(RecordingHeader header) {
        MmuOptions mode = switch (header.mode()) {
            case SHADOW -> MmuOptions.shadow();
            case DIRECT -> MmuOptions.tdp();
            case TDPMMU -> MmuOptions.withTdpMmu();
        };
        return mode.withHostLevels(header.la57() ? 5 : 4)
                .withNxHugePages(header.isOn("kvm.nx_huge_pages"))
                .withEagerPageSplit(header.isOn("kvm.eager_page_split"))
                .withDirtyManualProtect((header.dirtyManual() & 1) != 0)
                .withDirtyInitiallySet((header.dirtyManual() & 2) != 0)
                .withTargetedSlotZap(linux612(header) && (header.disabledQuirks() & Vmm.QUIRK_SLOT_ZAP_ALL) != 0)
                .withEra(linux612(header) ? Era.LINUX_6_12 : Era.LINUX_6_1);
    }

    private static boolean linux612(RecordingHeader header) {
        return header.era() == KernelEra.LINUX_6_12;
    }

    /** The machine of the engine. */
    public VirtualMachine machine() {
        return machine;
    }

    @Override
    public void execute(RecordedOp op, LineBuffer out) {
        result.clear();
        switch (op.kind()) {
            case SETUP -> vmm.setUp();
            case R, W, PW, XCHG, X, CR0, CR3, CR4, EFER, INVLPG -> guest(op);
            case L2R, L2W, L2X, L2N -> nested(op);
            case SLOT, QUOTA, DIRTYLOG, CLEARLOG, DONTNEED, SREGS, POKE, PEEK, DUMP, MARK -> vmm.execute(op);
        }
        events.flush();
        out.append(lines);
        lines.clear();
        result.appendTo(out);
        stats.append(machine.counters(), out);
        if (op.kind() == RecordedOpKind.DUMP) {
            dump.append(out);
        }
    }

    private void nested(RecordedOp op) {
        if (nestedGuest == null) {
            throw new IllegalArgumentException("the recording's header describes no nested guest");
        }
        goOn(nestedGuest.run(cpus.get(op.vcpu()), op));
    }

    private void guest(RecordedOp op) {
        GuestCpu cpu = cpus.get(op.vcpu());
        boolean user = op.u();
        boolean throughSysexit = user && cpu.vcpu().state().mode().paging().levels() == 3;
        if (throughSysexit && !goOn(cpu.run(stub.kva(Stub.SYSEXIT), Kind.NONE, 0, 0, 0, false))) {
            return;
        }
        if (!goOn(instructions(cpu, op, user))) {
            return;
        }
        if (throughSysexit && goOn(cpu.run(stub.address(Stub.SYSENTER, true), Kind.NONE, 0, 0, 0, true))) {
            goOn(cpu.out(stub.kva(Stub.OUT), false));
        }
    }

    /** Notes how a run ended; returns whether the operation goes on. */
    private boolean goOn(Stop stop) {
        switch (stop) {
            case DONE -> {
                return true;
            }
            case OUT -> {
                result.part("ok");
                return true;
            }
            case SHUTDOWN -> result.part("shutdown");
            case STUCK -> result.part("stuck");
            case EXCEPTION, HALT, NESTED_EXIT -> {}
        }
        return false;
    }

    private Stop instructions(GuestCpu cpu, RecordedOp op, boolean user) {
        if (op.kind() == RecordedOpKind.X) {
            return cpu.runCode(op.va(), user);
        }
        int offset = offsetOf(op);
        long rip = stub.address(offset, user);
        int size = stub.operandSize(op.sz());
        Stop stop = switch (op.kind()) {
            case R -> cpu.run(rip, Kind.LOAD, op.va(), 0, stub.operandSize(8), user);
            case W, PW -> cpu.run(rip, Kind.STORE, op.va(), op.val(), size, user);
            case XCHG -> cpu.run(rip, Kind.EXCHANGE, op.va(), op.val(), size, user);
            case CR0 -> writeCr0(cpu, rip, op.val());
            case CR3 -> writeCr3(cpu, rip, op.val());
            case CR4 -> cpu.writeRegister(rip, RegisterExit.CR4, op.val());
            case EFER -> cpu.writeRegister(rip, RegisterExit.WRMSR, op.val());
            case INVLPG -> invlpg(cpu, rip, op.va());
            default -> cpu.run(rip, Kind.NONE, 0, 0, 0, user);
        };
        return stop == Stop.DONE ? cpu.out(stub.address(stub.behind(offset), user), user) : stop;
    }

    private int offsetOf(RecordedOp op) {
        return switch (op.kind()) {
            case W, PW -> stub.store(op.sz());
            case XCHG -> Stub.XCHG;
            case CR0 -> Stub.MOV_CR0;
            case CR3 -> Stub.MOV_CR3;
            case CR4 -> Stub.MOV_CR4;
            case EFER -> Stub.WRMSR;
            case INVLPG -> Stub.INVLPG;
            default -> Stub.LOAD;
        };
    }

    private Stop writeCr0(GuestCpu cpu, long rip, long value) {
        long old = cpu.vcpu().state().cr0();
        if (shadow() && (old & CR0_OF_HARDWARE) != CR0_OF_HARDWARE) {
            return cpu.writeRegister(rip, RegisterExit.CR0, value);
        }
        if (((old ^ value) & ~CR0_IGNORED) == 0) {
            return cpu.run(rip, Kind.NONE, 0, 0, 0, false);
        }
        return cpu.writeRegister(rip, RegisterExit.CR0_SELECTIVE, value);
    }

    /** With NPT the hypervisor does not see the write. */
    private Stop writeCr3(GuestCpu cpu, long rip, long value) {
        if (shadow()) {
            return cpu.writeRegister(rip, RegisterExit.CR3, value);
        }
        Stop stop = cpu.run(rip, Kind.NONE, 0, 0, 0, false);
        cpu.vcpu().state().cr3 = value;
        return stop;
    }

    private Stop invlpg(GuestCpu cpu, long rip, long address) {
        return shadow() ? cpu.invlpg(rip, address) : cpu.run(rip, Kind.NONE, 0, 0, 0, false);
    }

    private boolean shadow() {
        return header.mode() == HostMode.SHADOW;
    }

    @Override
    public void audit(LineBuffer violations) {
        for (AuditViolation violation : audit.check()) {
            violations.text(violation.toString()).endLine();
        }
    }

    @Override
    public void finalMemory(LineBuffer out) {
        RecordingHeader.Range range = header.finalRange();
        for (long page = range.from(); page < range.to(); page += 4096) {
            if (vmm.hasContents(page)) {
                for (long gpa = page; gpa < page + 4096; gpa += 8) {
                    long value = vmm.peek(gpa);
                    if (value != 0) {
                        out.text("final ").bareHex(gpa).text(' ').bareHex(value).endLine();
                    }
                }
            }
        }
    }
}
