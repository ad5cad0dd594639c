package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.fault.Instruction;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.Vcpu;
import org.shadowmmu.engine.vm.VirtualAccessResult;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.workload.EntryKind;

/** The machine of a trial under shadow paging, on the lab's own engine. */
public final class ShadowEngineMachine extends VirtualMachineOfTrial implements ShadowTrialMachine {
    private final MmuCore core;
    private long reached = Vcpu.NO_FRAME;

    private ShadowEngineMachine(VirtualMachine machine, PolicyRuntime policies) {
        super(machine, policies);
        core = machine.core();
    }

    /** Makes a machine whose events nobody hears; otherwise as {@link ShadowMachineFactory#create}. */
    public static ShadowEngineMachine create(
            Host host, PolicyAssignment assignment, int vcpus, long seed, PolicyWatch watch) {
        return create(host, assignment, vcpus, seed, watch, null);
    }

    /** Makes a machine; as {@link ShadowMachineFactory#create}. */
    public static ShadowEngineMachine create(
            Host host,
            PolicyAssignment assignment,
            int vcpus,
            long seed,
            PolicyWatch watch,
            @Nullable MmuEvents listener) {
        PolicyRuntime policies = PolicyRuntime.create(assignment, seed, watch);
        return new ShadowEngineMachine(
                VirtualMachine.create(MmuOptions.shadow().withEra(host.era().era()), vcpus, policies, listener),
                policies);
    }

    /** Makes a machine with any options, under upstream's rules; as {@link EngineMachine#upstream}. */
    public static ShadowEngineMachine upstream(MmuOptions options, int vcpus) {
        PolicyRuntime policies = PolicyRuntime.upstream();
        return new ShadowEngineMachine(VirtualMachine.create(options, vcpus, policies, null), policies);
    }

    /** The machine of the engine, for audits. */
    public VirtualMachine machine() {
        return machine;
    }

    /** The page of the first block of memory that the last access reached; -1 if it reached none, because it was emulated. */
    long reachedFrame() {
        return reached == Vcpu.NO_FRAME ? -1 : machine.host().backing(0).pageOf(reached);
    }

    /** Paging is off, so addresses are physical. */
    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        return accessVirtual(vcpu, gpa, kind, false);
    }

    @Override
    public void instructionAt(int vcpu, long address) {
        machine.vcpu(vcpu).state().rip = address;
    }

    @Override
    public int accessVirtual(int vcpu, long address, EntryKind kind, boolean user) {
        Vcpu cpu = machine.vcpu(vcpu);
        int outcome = outcomeOf(cpu.accessGva(address, kindOf(kind), user));
        reached = cpu.reachedPfn();
        return outcome;
    }

    @Override
    public int storeVirtual(int vcpu, long address, long value, Store how) {
        Vcpu cpu = machine.vcpu(vcpu);
        Instruction.Kind kind = switch (how) {
            case MOVE -> Instruction.Kind.STORE;
            case STRING -> Instruction.Kind.BULK_STORE;
        };
        int outcome = outcomeOf(cpu.execute(kind, address, value, Long.BYTES, false));
        reached = cpu.reachedPfn();
        return outcome;
    }

    private static int outcomeOf(VirtualAccessResult result) {
        return switch (result) {
            case HIT -> HIT;
            case FAULT -> FAULT;
            case MMIO -> MMIO;
            case GUEST_FAULT -> GUEST_FAULT;
            case SHUTDOWN -> SHUTDOWN;
        };
    }

    private static AccessKind kindOf(EntryKind kind) {
        return switch (kind) {
            case READ -> AccessKind.READ;
            case WRITE -> AccessKind.WRITE;
            case FETCH -> AccessKind.FETCH;
            case TABLE_READ ->
                throw new IllegalArgumentException("under shadow paging no processor reads the guest's page tables");
        };
    }

    @Override
    public boolean missed(long gfn) {
        Memslot slot = core.memslots.findUsable(0, gfn);
        return reached != Vcpu.NO_FRAME && (slot == null || slot.backing().pfn(slot.hostPage(gfn)) != reached);
    }

    @Override
    public boolean writeCr0(int vcpu, long value) {
        return machine.vcpu(vcpu).writeCr0(value);
    }

    @Override
    public boolean writeCr3(int vcpu, long value) {
        return machine.vcpu(vcpu).writeCr3(value);
    }

    @Override
    public boolean writeCr4(int vcpu, long value) {
        return machine.vcpu(vcpu).writeCr4(value);
    }

    @Override
    public void writeEfer(int vcpu, long value) {
        machine.vcpu(vcpu).writeEfer(value);
    }

    @Override
    public void invalidate(int vcpu, long address) {
        machine.vcpu(vcpu).invlpg(address);
    }

    @Override
    public long peek(long gpa) {
        Memslot slot = core.memslots.findUsable(0, gpa >>> 12);
        return slot == null ? 0 : slot.backing().read(slot.hostPage(gpa >>> 12), (int) (gpa >>> 3) & 511);
    }

    @Override
    public void poke(long gpa, long value) {
        Memslot slot = core.memslots.findUsable(0, gpa >>> 12);
        if (slot != null) {
            slot.backing().write(slot.hostPage(gpa >>> 12), (int) (gpa >>> 3) & 511, value);
        }
    }

    @Override
    public void clear(long gfn) {
        Memslot slot = core.memslots.findUsable(0, gfn);
        if (slot != null) {
            slot.backing().clear(slot.hostPage(gfn));
        }
    }

    @Override
    public boolean mirrored(long gfn) {
        // Not the MMU's own search: who asks here is no part of the machine, and its steps are no work of the MMU.
        ShadowPage page = core.pages.chain(gfn);
        while (page != null && (page.gfn != gfn || page.obsolete() || !Role.hasGptes(page.role))) {
            page = core.pages.nextInChain(page);
        }
        return page != null;
    }
}
