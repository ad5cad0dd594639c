package org.shadowmmu.lab.trial;

import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.lab.machine.RecordedVm;
import org.shadowmmu.lab.recording.RecordedMachine;
import org.shadowmmu.lab.recording.RecordingHeader;
import org.shadowmmu.lab.workload.EntryKind;

/** The machine beneath a recorded scenario. */
final class ScenarioMachine extends VirtualMachineOfTrial {
    private final RecordedVm recorded;

    private ScenarioMachine(RecordedVm recorded, PolicyRuntime policies) {
        super(recorded.machine(), policies);
        this.recorded = recorded;
    }

    /** Makes the machine that a header describes. */
    static ScenarioMachine create(RecordingHeader header, Start start) {
        PolicyRuntime policies = PolicyRuntime.create(start.assignment(), start.seed(), start.watch());
        return new ScenarioMachine(new RecordedVm(header, policies, start.listener()), policies);
    }

    /** What carries out recorded operations. */
    RecordedMachine recorded() {
        return recorded;
    }

    @Override
    public int access(int vcpu, long gpa, EntryKind kind) {
        throw new UnsupportedOperationException("a recorded scenario has operations of its own");
    }
}
