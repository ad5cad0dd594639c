package org.shadowmmu.lab.statistics;

/**
 * What is known about one figure.
 *
 * @param key name of the figure
 * @param reference mean of the reference over the trials
 * @param candidate mean of the candidate over the trials
 * @param change relative change of the total; infinite if the reference's total is 0
 * @param interval 95 % confidence interval of the change
 * @param effect effect size
 * @param p p-value of the signed-rank test
 * @param adjusted the same after Holm's correction over all figures asked about
 * @param verdict the verdict
 * @param trials pairs that the interval and the test rest on, after neighbours that depend on each other were merged
 * @param stretches trials merged into each of these pairs
 * @param dependent whether neighbours still depend on each other, so that the interval is too narrow
 * @param detectable the smallest relative change that these trials would find four times in five
 * @param needed trials needed to find the smallest effect that matters four times in five
 */
public record Answer(
        String key,
        double reference,
        double candidate,
        double change,
        Interval interval,
        EffectSize effect,
        double p,
        double adjusted,
        Verdict verdict,
        int trials,
        int stretches,
        boolean dependent,
        double detectable,
        long needed) {}
