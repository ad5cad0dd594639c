package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.experiment.QuotaEntry;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.StreamSurvey;

/**
 * One run of one virtual machine, completely determined.
 *
 * @param number its place in the plan, counted from 0
 * @param host the host it runs on
 * @param workload the stream it replays
 * @param quota how many shadow pages it may use
 * @param policy the policy that takes the decisions
 * @param seed the seed of everything random; the same for all policies that are compared
 */
public record Trial(int number, Host host, Workload workload, QuotaEntry quota, Policy policy, long seed) {
    /** A stream: its name in results, its file and what a pass over it told. */
    public record Workload(String name, Path file, StreamSurvey survey) {
        /** The way of translation it is for, if the experiment says nothing. */
        public Mode mode() {
            return survey.header().gva() ? Mode.SHADOW : Mode.DIRECT;
        }

        /** The pages of all its RAM blocks. */
        public long pages() {
            return survey.blocks().stream().mapToLong(StreamSurvey.Block::pages).sum();
        }
    }

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
