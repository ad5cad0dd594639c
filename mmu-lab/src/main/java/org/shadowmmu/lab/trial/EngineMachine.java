package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.workload.EntryKind;

/** The machine of a trial on the lab's own engine: two-dimensional paging. */
public final class EngineMachine extends VirtualMachineOfTrial {
    private EngineMachine(VirtualMachine machine, PolicyRuntime policies) {
        super(machine, policies);
    }

    /** Makes a machine whose events nobody hears; otherwise as {@link MachineFactory#create}. */
    public static EngineMachine create(
            Host host, PolicyAssignment assignment, int vcpus, long seed, PolicyWatch watch) {
        return create(host, assignment, vcpus, seed, watch, null);
    }

    /** Makes a machine; as {@link MachineFactory#create}. */
    public static EngineMachine create(
            Host host,
            PolicyAssignment assignment,
            int vcpus,
            long seed,
            PolicyWatch watch,
            @Nullable MmuEvents listener) {
        PolicyRuntime policies = PolicyRuntime.create(assignment, seed, watch);
        return new EngineMachine(VirtualMachine.create(options(host), vcpus, policies, listener), policies);
    }

    /** Makes a machine with any options, under upstream's rules; for comparisons that no experiment file describes. */
    public static EngineMachine upstream(MmuOptions options, int vcpus) {
        PolicyRuntime policies = PolicyRuntime.upstream();
        return new EngineMachine(VirtualMachine.create(options, vcpus, policies, null), policies);
    }

    /** The machine of the engine. */
    public VirtualMachine machine() {
        return machine;
    }

    private static MmuOptions options(Host host) {
        MmuOptions options = host.mode() == Mode.TDPMMU ? MmuOptions.withTdpMmu() : MmuOptions.tdp();
        return options.withEra(host.era().era());
    }

    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        return switch (machine.vcpu(vcpu).accessGpa(gpa, kindOf(kind))) {
            case HIT -> HIT;
            case FAULT -> FAULT;
            case MMIO -> MMIO;
        };
    }

    private static AccessKind kindOf(EntryKind kind) {
        return switch (kind) {
            case READ -> AccessKind.READ;
            case WRITE -> AccessKind.WRITE;
            case FETCH -> AccessKind.FETCH;
            case TABLE_READ -> AccessKind.PAGE_TABLE;
        };
    }
}
