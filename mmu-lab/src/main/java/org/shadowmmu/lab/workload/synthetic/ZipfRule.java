package org.shadowmmu.lab.workload.synthetic;

import org.apache.commons.rng.sampling.PermutationSampler;
import org.apache.commons.statistics.distribution.DiscreteDistribution;
import org.apache.commons.statistics.distribution.ZipfDistribution;
import org.shadowmmu.lab.experiment.Zipf;

/**
 * Carries {@link Zipf} out. Ranks are drawn by rejection-inversion (Hörmann and Derflinger, Rejection-Inversion to Generate
 * Variates from Monotone Discrete Distributions, ACM TOMACS 6, 1996).
 */
final class ZipfRule {
    private final Zipf family;
    private final SyntheticGuest guest;

    ZipfRule(Zipf family, SyntheticGuest guest) {
        this.family = family;
        this.guest = guest;
    }

    void run() {
        int pages = Math.toIntExact(guest.pages());
        int[] placeOf = PermutationSampler.natural(pages);
        if (family.placement() == Zipf.Placement.SCATTERED) {
            PermutationSampler.shuffle(guest.places(), placeOf);
        }
        DiscreteDistribution.Sampler ranks =
                ZipfDistribution.of(pages, family.exponent()).createSampler(guest.places());
        for (int i = 0; i < family.accesses(); i++) {
            guest.access(placeOf[ranks.sample() - 1]);
        }
    }
}
