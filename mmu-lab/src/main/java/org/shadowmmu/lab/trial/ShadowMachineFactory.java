package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.experiment.Host;

/** Makes the virtual machine of a trial whose workload has virtual addresses. */
@FunctionalInterface
public interface ShadowMachineFactory {
    /**
     * Makes a machine without memory; as {@link MachineFactory#create}.
     *
     * @throws PolicyFailure if a policy cannot be created
     */
    ShadowTrialMachine create(
            Host host,
            PolicyAssignment assignment,
            int vcpus,
            long seed,
            PolicyWatch watch,
            @Nullable MmuEvents listener);
}
