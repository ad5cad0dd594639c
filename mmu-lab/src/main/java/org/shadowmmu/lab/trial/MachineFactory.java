package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.experiment.Host;

/** Makes the virtual machine of a trial. */
@FunctionalInterface
public interface MachineFactory {
    /**
     * Makes a machine without memory.
     *
     * @param host the host it runs on
     * @param assignment who takes which decision
     * @param vcpus number of virtual CPUs
     * @param seed seed of everything random in the machine
     * @param watch the watch of its policies, used by no other machine
     * @param listener who hears its events, null for nobody
     * @throws PolicyFailure if a policy cannot be created
     */
    TrialMachine create(
            Host host,
            PolicyAssignment assignment,
            int vcpus,
            long seed,
            PolicyWatch watch,
            @Nullable MmuEvents listener);
}
