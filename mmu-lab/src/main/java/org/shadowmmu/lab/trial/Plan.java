package org.shadowmmu.lab.trial;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.QuotaEntry;

/**
 * An experiment with every name resolved, and the trials it expands to.
 *
 * @param experiment what the file says
 * @param policies the policies, in its order
 * @param workloads the workloads, in its order
 * @param trials the trials: by workload, quota, seed, and then policy, so that what is compared stands together
 */
public record Plan(
        Experiment experiment, List<Trial.Policy> policies, List<Trial.Workload> workloads, List<Trial> trials) {
    /** Expands an experiment. */
    static Plan of(Experiment experiment, List<Trial.Policy> policies, List<Trial.Workload> workloads) {
        List<Trial> trials = new ArrayList<>();
        for (Trial.Workload workload : workloads) {
            for (QuotaEntry quota : experiment.quotas()) {
                for (long seed : experiment.seeds()) {
                    for (Trial.Policy policy : policies) {
                        trials.add(new Trial(trials.size(), workload, quota, experiment.backing(), policy, seed));
                    }
                }
            }
        }
        return new Plan(experiment, List.copyOf(policies), List.copyOf(workloads), List.copyOf(trials));
    }

    /** The page accesses of all trials together. */
    public long accesses() {
        return trials.stream()
                .mapToLong(trial -> trial.workload().survey().entries())
                .sum();
    }
}
