package org.shadowmmu.lab.trial;

import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.experiment.Host;

/**
 * How a trial starts.
 *
 * @param machines where machines come from
 * @param host the host
 * @param assignment who takes which decision
 * @param quota the shadow pages allowed, 0 for what the workload or the kernel says
 * @param seed the seed of everything random
 * @param watch the watch of its policies
 * @param listener who hears the events of the machine, null for nobody
 * @param progress given the machine, what hears of accesses made
 */
public record Start(
        MachineSource machines,
        Host host,
        PolicyAssignment assignment,
        long quota,
        long seed,
        PolicyWatch watch,
        @Nullable MmuEvents listener,
        Function<TrialMachine, LongConsumer> progress) {
    /** The same with somebody else to decide. */
    Start with(PolicyAssignment other) {
        return new Start(machines, host, other, quota, seed, watch, listener, progress);
    }
}
