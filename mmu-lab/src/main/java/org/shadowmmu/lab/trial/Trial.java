package org.shadowmmu.lab.trial;

import java.nio.file.Path;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.QuotaEntry;
import org.shadowmmu.lab.workload.StreamSurvey;

/**
 * One run of one virtual machine, completely determined.
 *
 * @param number its place in the plan, counted from 0
 * @param workload the stream it replays
 * @param quota how many shadow pages it may use
 * @param backing the pages with which the host backs guest memory
 * @param policy the policy that takes the decisions
 * @param seed the seed of everything random
 */
public record Trial(int number, Workload workload, QuotaEntry quota, Backing backing, Policy policy, long seed) {
    /** A stream: its name in results, its file and what a pass over it told. */
    public record Workload(String name, Path file, StreamSurvey survey) {}

    /** What takes the decisions: its name in results, and who takes which. */
    public record Policy(String label, PolicyAssignment assignment) {}
}
