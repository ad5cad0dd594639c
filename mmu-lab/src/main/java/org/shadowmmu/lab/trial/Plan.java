package org.shadowmmu.lab.trial;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.QuotaEntry;

/**
 * An experiment with every name resolved, and the trials it expands to.
 *
 * @param experiment what the file says; of what varies, the first variant
 * @param hosts the hosts, in the order of the file
 * @param policies the policies, in its order
 * @param workloads the workloads, in its order
 * @param quotas the quotas, in its order
 * @param seeds the seeds, in its order
 * @param trials the trials: by workload, host, quota, seed, and then policy, so that what is compared stands together
 */
public record Plan(
        Experiment experiment,
        List<Host> hosts,
        List<Trial.Policy> policies,
        List<Workload> workloads,
        List<QuotaEntry> quotas,
        List<Long> seeds,
        List<Trial> trials) {
    /** Every combination of what one variant lists; its trials are not numbered yet. */
    static List<Trial> combinations(Experiment experiment, List<Trial.Policy> policies, List<Workload> workloads) {
        List<Trial> trials = new ArrayList<>();
        for (Workload workload : workloads) {
            Host host = workload.host(experiment);
            for (QuotaEntry quota : experiment.quotas()) {
                for (long seed : experiment.seeds()) {
                    for (Trial.Policy policy : policies) {
                        trials.add(new Trial(0, host, workload, quota, policy, seed));
                    }
                    if (Boolean.TRUE.equals(experiment.foresight())
                            && workload instanceof AccessStream stream
                            && stream.foreseen(host)) {
                        trials.add(new Trial(0, host, workload, quota, Trial.Policy.FORESIGHT, seed));
                    }
                }
            }
        }
        return trials;
    }

    /** The plan of all variants together: equal trials run once, and all stand in one order. */
    static Plan of(Experiment experiment, Collection<Trial> combinations) {
        List<Host> hosts = distinct(combinations, Trial::host);
        List<Trial.Policy> policies = distinct(combinations, Trial::policy);
        List<Workload> workloads = distinct(combinations, Trial::workload);
        List<QuotaEntry> quotas = distinct(combinations, Trial::quota);
        List<Long> seeds = distinct(combinations, Trial::seed);
        List<Trial> ordered = new ArrayList<>(new LinkedHashSet<>(combinations));
        Map<Object, Integer> places = new HashMap<>();
        for (List<?> parts : List.of(workloads, hosts, quotas, seeds, policies)) {
            parts.forEach(part -> places.put(part, places.size()));
        }
        Map<Trial, List<Integer>> ranks = new IdentityHashMap<>();
        for (Trial trial : ordered) {
            ranks.put(
                    trial,
                    Stream.of(trial.workload(), trial.host(), trial.quota(), trial.seed(), trial.policy())
                            .map(places::get)
                            .toList());
        }
        ordered.sort(Comparator.comparing(ranks::get, Plan::compare));
        List<Trial> trials = new ArrayList<>();
        for (Trial trial : ordered) {
            trials.add(new Trial(
                    trials.size(), trial.host(), trial.workload(), trial.quota(), trial.policy(), trial.seed()));
        }
        return new Plan(experiment, hosts, policies, workloads, quotas, seeds, List.copyOf(trials));
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static <T> List<T> distinct(Collection<Trial> trials, Function<Trial, T> part) {
        Set<T> parts = new LinkedHashSet<>();
        trials.forEach(trial -> parts.add(part.apply(trial)));
        return List.copyOf(parts);
    }
}
