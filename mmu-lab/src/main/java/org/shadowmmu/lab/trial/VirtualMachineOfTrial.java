package org.shadowmmu.lab.trial;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.audit.AuditViolation;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.lock.LockFigure;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.policy.DecisionCounts;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.vm.VirtualMachine;

/** What the machines of trials on the lab's own engine have in common, whatever the guest's addresses go through. */
abstract sealed class VirtualMachineOfTrial implements TrialMachine
        permits EngineMachine, ShadowEngineMachine, ScenarioMachine {
    final VirtualMachine machine;

    private final PolicyRuntime policies;
    private final ReferencedMemory referenced;
    private @Nullable Audit audit;

    VirtualMachineOfTrial(VirtualMachine machine, PolicyRuntime policies) {
        this.machine = machine;
        this.policies = policies;
        referenced = new ReferencedMemory(machine);
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
    public long faults() {
        return machine.counters().get(Counter.PF_TAKEN);
    }

    @Override
    public long reclaimed() {
        return machine.counters().get(Counter.MMU_RECYCLED);
    }

    @Override
    public long zapped() {
        return machine.counters().get(Counter.MMU_SHADOW_ZAPPED);
    }

    @Override
    public long created() {
        return machine.counters().get(Counter.MMU_CACHE_MISS);
    }

    @Override
    public long mmuNanos() {
        return MmuTime.nanos(machine);
    }

    @Override
    public long readDirtyLog(int addressSpace, int slot) {
        long[] bitmap = machine.dirtyLog(addressSpace, slot);
        if (bitmap == null) {
            return -1;
        }
        long dirty = 0;
        for (long word : bitmap) {
            dirty += Long.bitCount(word);
        }
        return dirty;
    }

    @Override
    public long longestStep() {
        return longest(LockFigure.LONGEST_STEP);
    }

    @Override
    public long longestHold() {
        return Math.max(longest(LockFigure.LONGEST_WRITE_HOLD), longest(LockFigure.LONGEST_READ_HOLD));
    }

    private long longest(LockFigure figure) {
        long longest = 0;
        for (LockedWork work : LockedWork.values()) {
            longest = Math.max(longest, machine.lock().get(figure, work));
        }
        return longest;
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
    public long stalePages() {
        return referenced.stalePages();
    }

    @Override
    public Counters counters() {
        return machine.counters();
    }

    @Override
    public @Nullable String audit() {
        if (audit == null) {
            audit = new Audit(machine);
        }
        List<AuditViolation> violations = audit.check();
        return violations.isEmpty() ? null : violations.get(0).toString();
    }

    @Override
    public DecisionCounts decisions() {
        return policies.counts();
    }
}
