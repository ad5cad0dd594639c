package org.shadowmmu.lab.trial;

import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.QuotaEntry;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.TableString;

/**
 * One run of one virtual machine, completely determined.
 *
 * @param number its place in the plan, counted from 0
 * @param host the host it runs on
 * @param workload what its guest does
 * @param quota how many shadow pages it may use
 * @param policy the policy that takes the decisions
 * @param seed the seed of everything random; the same for all policies that are compared
 */
public record Trial(int number, Host host, Workload workload, QuotaEntry quota, Policy policy, long seed) {
    /** What takes the decisions: its name in results, and who takes which. */
    public record Policy(String label, PolicyAssignment assignment) {
        /** The order of reclaim that knows the rest of the stream; each trial makes its own. */
        static final Policy FORESIGHT = new Policy(
                Experiment.FORESIGHT, PolicyAssignment.of(PolicyChoice.inProcess(new Foresight(TableString.EMPTY))));
    }

    /** Whether a stored result is of this very trial. */
    public boolean gave(TrialResult result) {
        return result.trial() == number
                && result.host().equals(host)
                && result.workload().equals(workload.name())
                && result.quota().equals(quota.toString())
                && result.policy().equals(policy.label())
                && result.seed() == seed;
    }
}
