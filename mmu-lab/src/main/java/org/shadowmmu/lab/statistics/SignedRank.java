package org.shadowmmu.lab.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Wilcoxon's signed-rank test of paired differences, two-sided, as the library has it: exact without ties, else by the
 * normal approximation. It assumes no bell curve, and a single wild trial cannot decide it.
 */
final class SignedRank {
    private SignedRank() {}

    /** The p-value of "the differences lie around 0"; 1 if all are 0. */
    static double p(double[] differences) {
        if (Arrays.stream(differences).allMatch(difference -> difference == 0)) {
            return 1;
        }
        return WilcoxonSignedRankTest.withDefaults().test(differences).getPValue();
    }
}
