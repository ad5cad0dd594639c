package org.shadowmmu.lab.statistics;

import java.util.Arrays;

/**
 * One figure of two policies, measured side by side: element {@code i} of both arrays comes from the same trial, in which
 * everything but the policy was the same.
 *
 * <p>What is estimated is the relative change of the total, sum of the candidate over sum of the reference, less one. Trials
 * with much work weigh more than trials with little, as they do in the cost a user pays.
 */
public record PairedSample(double[] reference, double[] candidate) {
    /**
     * @throws IllegalArgumentException if the arrays are empty or differ in length
     */
    public PairedSample {
        if (reference.length == 0 || reference.length != candidate.length) {
            throw new IllegalArgumentException(
                    "a pair of each trial is needed, not " + reference.length + " and " + candidate.length + " values");
        }
    }

    /** The number of pairs. */
    public int size() {
        return reference.length;
    }

    /** The relative change of the total; 0 if both totals are 0, infinite if only that of the reference is. */
    public double change() {
        return change(sum(reference), sum(candidate));
    }

    /** The relative change of the total of those pairs that {@code picked} names, once each time it names them. */
    double changeOf(int[] picked) {
        double before = 0;
        double after = 0;
        for (int i : picked) {
            before += reference[i];
            after += candidate[i];
        }
        return change(before, after);
    }

    /** The differences candidate less reference, in the figure's own unit. */
    public double[] differences() {
        double[] differences = new double[size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = candidate[i] - reference[i];
        }
        return differences;
    }

    /** Whether every pair is equal. */
    public boolean identical() {
        return Arrays.equals(reference, candidate);
    }

    /**
     * What each pair adds to the error of {@link #change}: the deviation of the candidate from the common ratio, relative to
     * the mean of the reference (the linear part of a ratio estimator; Cochran, Sampling Techniques, 1977, chapter 6). The
     * mean is 0; the standard deviation over the root of the size is the standard error of the change.
     */
    double[] residuals() {
        double ratio = 1 + change();
        double mean = sum(reference) / size();
        double[] residuals = new double[size()];
        for (int i = 0; i < residuals.length; i++) {
            residuals[i] = (candidate[i] - ratio * reference[i]) / mean;
        }
        return residuals;
    }

    /** Every two neighbours as one pair, the sum of both; an odd last pair is left out. */
    PairedSample merged() {
        double[] before = new double[size() / 2];
        double[] after = new double[size() / 2];
        for (int i = 0; i < before.length; i++) {
            before[i] = reference[2 * i] + reference[2 * i + 1];
            after[i] = candidate[2 * i] + candidate[2 * i + 1];
        }
        return new PairedSample(before, after);
    }

    private static double change(double before, double after) {
        if (before == 0) {
            return after == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        return after / before - 1;
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }
}
