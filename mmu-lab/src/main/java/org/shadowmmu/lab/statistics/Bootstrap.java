package org.shadowmmu.lab.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Bootstrap confidence intervals of the kind BCa, bias-corrected and accelerated (Efron, Better Bootstrap Confidence
 * Intervals, JASA 82, 1987; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 14).
 *
 * <p>BCa and not the plain percentiles, because the change of a total is a ratio: its distribution is skewed where few trials
 * carry most of the cost, and the percentile interval then errs to one side. BCa is also the same interval whether one asks
 * for the ratio or its logarithm.
 */
final class Bootstrap {
    /** The number of resamples: the ends then move by about a fiftieth of the width from seed to seed. */
    static final int RESAMPLES = 10_000;

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private Bootstrap() {}

    /**
     * The interval of a statistic.
     *
     * @param size number of observations
     * @param statistic gets indices of observations, 0 to {@code size} less one, each as often as it counts
     * @param level confidence, such as 0.95
     * @param seed seed of the resampling
     */
    static Interval bca(int size, ToDoubleFunction<int[]> statistic, double level, long seed) {
        double estimate = statistic.applyAsDouble(all(size));
        double[] replicates = replicates(size, statistic, seed);
        double bias = bias(replicates, estimate);
        double acceleration = acceleration(size, statistic);
        double tail = (1 - level) / 2;
        return new Interval(
                at(replicates, shifted(bias, acceleration, tail)),
                at(replicates, shifted(bias, acceleration, 1 - tail)));
    }

    /** The statistic of every resample, sorted. */
    static double[] replicates(int size, ToDoubleFunction<int[]> statistic, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] replicates = new double[RESAMPLES];
        int[] picked = new int[size];
        for (int r = 0; r < RESAMPLES; r++) {
            for (int i = 0; i < size; i++) {
                picked[i] = random.nextInt(size);
            }
            replicates[r] = statistic.applyAsDouble(picked);
        }
        Arrays.sort(replicates);
        return replicates;
    }

    /** The bias correction z0: where the estimate lies among the resamples, equal ones counted half. */
    static double bias(double[] replicates, double estimate) {
        double below = 0;
        for (double value : replicates) {
            below += value < estimate ? 1 : value == estimate ? 0.5 : 0;
        }
        double share = Math.min(Math.max(below, 0.5), replicates.length - 0.5) / replicates.length;
        return NORMAL.inverseCumulativeProbability(share);
    }

    /** The acceleration a, from the statistic without each observation in turn (equation 14.15 of the book). */
    static double acceleration(int size, ToDoubleFunction<int[]> statistic) {
        double[] without = new double[size];
        for (int left = 0; left < size; left++) {
            int[] others = new int[size - 1];
            for (int i = 0; i < others.length; i++) {
                others[i] = i < left ? i : i + 1;
            }
            without[left] = statistic.applyAsDouble(others);
        }
        double mean = Arrays.stream(without).average().orElse(0);
        double squares = 0;
        double cubes = 0;
        for (double value : without) {
            double off = mean - value;
            squares += off * off;
            cubes += off * off * off;
        }
        return squares == 0 ? 0 : cubes / (6 * Math.pow(squares, 1.5));
    }

    private static double shifted(double bias, double acceleration, double probability) {
        double z = bias + NORMAL.inverseCumulativeProbability(probability);
        return NORMAL.cumulativeProbability(bias + z / (1 - acceleration * z));
    }

    private static double at(double[] sorted, double probability) {
        int index = (int) Math.floor(probability * (sorted.length + 1)) - 1;
        return sorted[Math.max(0, Math.min(sorted.length - 1, index))];
    }

    private static int[] all(int size) {
        int[] indices = new int[size];
        Arrays.setAll(indices, i -> i);
        return indices;
    }
}
