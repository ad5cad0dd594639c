package org.shadowmmu.lab.trial;

import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.QuotaEntry;
import org.shadowmmu.lab.store.TrialResult;

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
    public record Policy(String label, PolicyAssignment assignment) {}

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
