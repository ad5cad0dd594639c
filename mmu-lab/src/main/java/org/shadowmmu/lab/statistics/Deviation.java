package org.shadowmmu.lab.statistics;

import java.util.Arrays;

/** The standard deviation of a sample, with n less one below. */
final class Deviation {
    private Deviation() {}

    static double of(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
    }
}
