package org.shadowmmu.lab.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Holm's correction for asking several questions at once (A Simple Sequentially Rejective Multiple Test Procedure,
 * Scandinavian Journal of Statistics 6, 1979): the chance that any of several true "no difference" is called a difference
 * stays below the level, whatever ties the questions to each other.
 */
final class Holm {
    private Holm() {}

    /** Adjusted p-values in the order of {@code p}; compare each with the level. */
    static double[] adjust(double[] p) {
        int[] order = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[p.length];
        double least = 0;
        for (int rank = 0; rank < order.length; rank++) {
            least = Math.max(least, Math.min(1, p[order[rank]] * (p.length - rank)));
            adjusted[order[rank]] = least;
        }
        return adjusted;
    }
}
