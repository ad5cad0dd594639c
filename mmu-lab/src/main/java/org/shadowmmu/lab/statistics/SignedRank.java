package org.shadowmmu.lab.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Wilcoxon's signed-rank test of paired differences, two-sided, as the library has it: exact without ties, else by the
 * normal approximation. Differences of 0 are left out, as Wilcoxon did. It assumes no bell curve, and a single wild trial
 * cannot decide it.
 */
final class SignedRank {
    private SignedRank() {}

    /** The p-value of "the differences lie around 0"; 1 if all are 0. */
    static double p(double[] differences) {
        double[] unequal =
                Arrays.stream(differences).filter(difference -> difference != 0).toArray();
        double p = unequal.length == 0
                ? 1
                : WilcoxonSignedRankTest.withDefaults().test(unequal).getPValue();
        return Double.isNaN(p) ? 1 : Math.min(1, p);
    }
}
