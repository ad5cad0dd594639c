package org.shadowmmu.lab.trial;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.policy.DecisionCounts;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.workload.EntryKind;

/** The machine of a trial on the lab's own engine: two-dimensional paging on shadow pages (mode {@code direct}). */
public final class EngineMachine implements TrialMachine {
    private final VirtualMachine machine;
    private final PolicyRuntime policies;
    private final ReferencedMemory referenced;

    private EngineMachine(VirtualMachine machine, PolicyRuntime policies) {
        this.machine = machine;
        this.policies = policies;
        referenced = new ReferencedMemory(machine);
    }

    /** Makes a machine; as {@link MachineFactory#create}. */
    public static EngineMachine create(PolicyAssignment assignment, int vcpus, long seed, PolicyWatch watch) {
        PolicyRuntime policies = PolicyRuntime.create(assignment, seed, watch);
        return new EngineMachine(VirtualMachine.create(MmuOptions.tdp(), vcpus, policies, null), policies);
    }

    @Override
    public void addBacking(int id, long pages, boolean huge) {
        machine.host().addBacking(id, pages, huge);
    }

    @Override
    public int setMemslot(int addressSpace, int slot, long gfn, long pages, int flags, int backing, long backingPage) {
        return machine.setMemslot(addressSpace, slot, gfn, pages, flags, backing, backingPage);
    }

    @Override
    public int setQuota(long pages) {
        return machine.setQuota(pages);
    }

    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        return switch (machine.vcpu(vcpu).accessGpa(gpa, kindOf(kind))) {
            case HIT -> HIT;
            case FAULT -> FAULT;
            case MMIO -> MMIO;
        };
    }

    @Override
    public long faults() {
        return machine.counters().get(Counter.PF_TAKEN);
    }

    @Override
    public long reclaimed() {
        return machine.counters().get(Counter.MMU_RECYCLED);
    }

    @Override
    public long usedPages() {
        return machine.usedPages();
    }

    @Override
    public long quota() {
        return machine.quota();
    }

    @Override
    public long mappedPages() {
        return machine.mappedGuestPages();
    }

    @Override
    public long referencedPages() {
        return referenced.pages();
    }

    @Override
    public Counters counters() {
        return machine.counters();
    }

    @Override
    public DecisionCounts decisions() {
        return policies.counts();
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
