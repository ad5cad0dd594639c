package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;

/**
 * The policies side by side on one workload at one quota.
 *
 * @param host what tells the host from the other hosts of the run; empty if there is one only
 * @param workload the workload
 * @param quota {@code default} or a number of shadow pages
 * @param policies one per policy, in the order of the experiment
 */
public record Comparison(String host, Manifest.Workload workload, String quota, List<PolicyFigures> policies) {
    /** All comparisons of a run, in the order of the experiment; a trial that did not run yet is left out. */
    public static List<Comparison> of(StoredRun run) {
        List<Comparison> comparisons = new ArrayList<>();
        for (Manifest.Workload workload : run.manifest().workloads()) {
            List<Host> hosts = run.manifest().hosts().stream()
                    .filter(host -> run.trials().stream()
                            .anyMatch(trial -> trial.workload().equals(workload.name())
                                    && trial.host().equals(host)))
                    .toList();
            for (Host host : hosts) {
                for (String quota : run.manifest().quotas()) {
                    List<PolicyFigures> policies = policies(
                            run,
                            trial -> trial.host().equals(host)
                                    && trial.workload().equals(workload.name())
                                    && trial.quota().equals(quota));
                    if (!policies.isEmpty()) {
                        comparisons.add(new Comparison(host.difference(hosts), workload, quota, policies));
                    }
                }
            }
        }
        return comparisons;
    }

    private static List<PolicyFigures> policies(StoredRun run, Predicate<TrialResult> here) {
        List<PolicyFigures> policies = new ArrayList<>();
        for (Manifest.Policy policy : run.manifest().policies()) {
            List<TrialResult> trials = run.trials().stream()
                    .filter(trial -> trial.policy().equals(policy.label()) && here.test(trial))
                    .toList();
            if (!trials.isEmpty()) {
                policies.add(new PolicyFigures(
                        policy.label(),
                        trials,
                        trials.stream()
                                .filter(TrialResult::ok)
                                .findFirst()
                                .map(run::seriesOf)
                                .orElse(null)));
            }
        }
        return policies;
    }

    /** The policies that did not fail. */
    public List<PolicyFigures> complete() {
        return policies.stream().filter(PolicyFigures::ok).toList();
    }

    /** The policy the others are compared with: the first of the experiment, if it did not fail. */
    public Optional<PolicyFigures> reference() {
        return policies.stream().findFirst().filter(PolicyFigures::ok);
    }

    /** Whether the quota made any policy reclaim. */
    public boolean reclaimed() {
        return complete().stream().anyMatch(figures -> figures.value(Metric.RECLAIMED) > 0);
    }

    /** Where this is, in words: {@code web-1g at 64 shadow pages}. */
    public String place() {
        return workload.name() + " at " + quotaText() + (host.isEmpty() ? "" : ", " + host);
    }

    /** The quota in words. */
    public String quotaText() {
        return quotaText(quota);
    }

    /** A quota in words. */
    static String quotaText(String quota) {
        if (quota.equals("default")) {
            return "the default quota";
        }
        return quota.contains(" ") ? quota + " guest pages" : Numbers.plain(Long.parseLong(quota)) + " shadow pages";
    }
}
