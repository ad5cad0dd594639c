package org.shadowmmu.lab.ab;

import java.util.List;

/**
 * What is compared, with every name resolved.
 *
 * @param contenders the policies; every other one is compared with the first
 * @param subjects the workloads, each with its host
 * @param quotas the quotas
 * @param trials stretches per recorded stream, seeds per synthetic workload
 * @param seed seed of everything random: where stretches begin, the first seed of a synthetic workload, the resampling, and
 *     the policies
 * @param smallest the smallest relative change that matters
 * @param bounds whether to replay the order that knows the stream as well, and to compute the bound
 */
public record AbPlan(
        List<Contender> contenders,
        List<Subject> subjects,
        List<QuotaChoice> quotas,
        int trials,
        long seed,
        double smallest,
        boolean bounds) {
    /** Whether a subject gets a bound and the order with foresight. */
    boolean bounds(Subject subject) {
        return bounds && subject.foreseen();
    }

    /** The number of replays, those of the foreseeing order and of a binding quota included. */
    public int replays() {
        int binding = quotas.contains(QuotaChoice.BINDING) ? 1 : 0;
        return subjects.stream()
                .mapToInt(subject -> binding
                        + quotas.size()
                                * (contenders.size() + (bounds(subject) ? 1 : 0))
                                * (subject.seeded() ? trials : 1))
                .sum();
    }
}
