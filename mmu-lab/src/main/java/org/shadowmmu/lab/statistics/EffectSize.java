package org.shadowmmu.lab.statistics;

import java.util.Arrays;

/**
 * How large a paired difference is beside its own scatter.
 *
 * @param standardised mean of the differences over their standard deviation (Cohen's d for paired samples, d_z); infinite if
 *     all trials differ by the same, 0 if none differs
 * @param less share of the trials in which the candidate's figure is smaller, equal ones counted half
 */
public record EffectSize(double standardised, double less) {
    /** The effect size of differences candidate less reference. */
    static EffectSize of(double[] differences) {
        double mean = Arrays.stream(differences).average().orElse(0);
        double deviation = Deviation.of(differences);
        double standardised = mean == 0 ? 0 : mean / deviation;
        double less = Arrays.stream(differences)
                        .map(difference -> difference < 0 ? 1 : difference == 0 ? 0.5 : 0)
                        .sum()
                / differences.length;
        return new EffectSize(standardised, less);
    }
}
