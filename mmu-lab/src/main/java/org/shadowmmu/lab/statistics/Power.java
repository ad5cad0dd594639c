package org.shadowmmu.lab.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * What a number of trials can find: the normal approximation of the paired t-test with Guenther's correction (Sample Size
 * Formulas for Normal Theory T Tests, The American Statistician 35, 1981), for a test at 5 % and a power of 80 %.
 */
final class Power {
    private static final double LEVEL = 0.05;
    private static final double POWER = 0.8;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
    private static final double TEST = NORMAL.inverseCumulativeProbability(1 - LEVEL / 2);
    private static final double BOTH = TEST + NORMAL.inverseCumulativeProbability(POWER);

    private Power() {}

    /** The number of trials that find a mean difference of {@code effect} between trials that scatter by {@code deviation}. */
    static long trialsFor(double effect, double deviation) {
        double ratio = deviation / effect;
        return Math.max(2, (long) Math.ceil(BOTH * BOTH * ratio * ratio + TEST * TEST / 2));
    }

    /** The smallest mean difference that {@code trials} find; infinite for fewer than three. */
    static double detectable(int trials, double deviation) {
        double rest = trials - TEST * TEST / 2;
        return rest <= 0 ? Double.POSITIVE_INFINITY : BOTH * deviation / Math.sqrt(rest);
    }
}
