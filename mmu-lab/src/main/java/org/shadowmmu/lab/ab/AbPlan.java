package org.shadowmmu.lab.ab;

import java.util.List;
import org.shadowmmu.lab.trial.AccessStream;

/**
 * What is compared, with every name resolved.
 *
 * @param contenders the policies; every other one is compared with the first
 * @param streams the recorded streams
 * @param quotas the quotas
 * @param trials stretches per stream
 * @param seed seed of everything random: where stretches begin, the resampling, and the policies
 * @param smallest the smallest relative change that matters
 * @param bounds whether to replay the order that knows the stream as well, and to compute the bound
 */
public record AbPlan(
        List<Contender> contenders,
        List<AccessStream> streams,
        List<QuotaChoice> quotas,
        int trials,
        long seed,
        double smallest,
        boolean bounds) {
    /** Whether a stream gets a bound: with virtual addresses there is none. */
    boolean bounds(AccessStream stream) {
        return bounds && !stream.virtual();
    }

    /** The number of replays, those of the foreseeing order and of a binding quota included. */
    public int replays() {
        int binding = quotas.contains(QuotaChoice.BINDING) ? 1 : 0;
        return streams.stream()
                .mapToInt(stream -> binding + quotas.size() * (contenders.size() + (bounds(stream) ? 1 : 0)))
                .sum();
    }
}
