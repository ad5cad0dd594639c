package org.shadowmmu.lab.statistics;

/**
 * Makes neighbouring stretches of one recording independent enough to count as trials: the method of batch means (Law and
 * Carson, A Sequential Procedure for Determining the Length of a Steady-State Simulation, Operations Research 27, 1979).
 * While a stretch tells what the next one will be, every two become one.
 *
 * @param sample the pairs left
 * @param stretches stretches in each pair: 1, 2, 4, …
 * @param correlation correlation of neighbours that is left
 * @param dependent whether it is still larger than chance would make it, with no pairs left to merge
 */
record Neighbours(PairedSample sample, int stretches, double correlation, boolean dependent) {
    /** Pairs are not merged below this number. */
    static final int FEWEST = 10;

    /** Merges as often as needed and possible. */
    static Neighbours of(PairedSample sample) {
        PairedSample left = sample;
        int stretches = 1;
        while (true) {
            double correlation = correlation(left);
            boolean dependent = correlation > 2 / Math.sqrt(left.size());
            if (!dependent || left.size() / 2 < FEWEST) {
                return new Neighbours(left, stretches, correlation, dependent);
            }
            left = left.merged();
            stretches *= 2;
        }
    }

    /** The correlation of what neighbours add to the error of the change; 0 if nothing scatters. */
    private static double correlation(PairedSample sample) {
        return Double.isInfinite(sample.change()) || sample.identical() ? 0 : lagOne(sample.residuals());
    }

    /** The lag-one autocorrelation of values whose mean is 0. */
    static double lagOne(double[] values) {
        double products = 0;
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            squares += values[i] * values[i];
            products += i == 0 ? 0 : values[i] * values[i - 1];
        }
        return squares == 0 ? 0 : products / squares;
    }
}
