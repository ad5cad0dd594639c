package org.shadowmmu.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The statistics give what books and papers print for their own data. */
class PublishedExamplesTest {
    /** Efron and Tibshirani, An Introduction to the Bootstrap, 1993, table 14.1: spatial test A of 26 children. */
    private static final double[] SPATIAL = {
        48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41
    };

    /** The same book, table 10.1, less placebo: hormone from the approved patch, and new patch less approved patch. */
    private static final double[] OLD_PATCH = {8406, 2342, 8187, 8459, 4795, 3516, 4796, 10238};

    private static final double[] NEW_LESS_OLD = {-1200, 2601, -2705, 1982, -1290, 351, -638, -2719};

    private static final ToDoubleFunction<int[]> SPATIAL_VARIANCE = picked -> {
        double mean =
                Arrays.stream(picked).mapToDouble(i -> SPATIAL[i]).average().orElseThrow();
        return Arrays.stream(picked)
                .mapToDouble(i -> (SPATIAL[i] - mean) * (SPATIAL[i] - mean))
                .average()
                .orElseThrow();
    };

    /** Section 14.2 to 14.3: variance 171.5, a = 0.061, z0 = 0.146, 90 % BCa interval (115.8, 259.6) from 2000 resamples. */
    @Test
    void theBcaIntervalOfTheSpatialTestIsThatOfTheBook() {
        int[] all = new int[SPATIAL.length];
        Arrays.setAll(all, i -> i);
        double estimate = SPATIAL_VARIANCE.applyAsDouble(all);
        assertThat(estimate).isCloseTo(171.5, within(0.05));
        assertThat(Bootstrap.acceleration(26, SPATIAL_VARIANCE)).isCloseTo(0.061, within(0.0006));
        double[] replicates = Bootstrap.replicates(26, SPATIAL_VARIANCE, 1);
        assertThat(Bootstrap.bias(replicates, estimate)).isCloseTo(0.146, within(0.06));

        Interval interval = Bootstrap.bca(26, SPATIAL_VARIANCE, 0.9, 1);
        assertThat(interval.low()).isCloseTo(115.8, within(4.0));
        assertThat(interval.high()).isCloseTo(259.6, within(8.0));
        // Equation 14.12: the percentile interval, (100.8, 233.9), is another one.
        assertThat(replicates[(int) (0.05 * replicates.length)]).isCloseTo(100.8, within(4.0));
        assertThat(replicates[(int) (0.95 * replicates.length)]).isCloseTo(233.9, within(4.0));
    }

    /** Section 10.3: the ratio estimate is -0.0713; its bootstrap standard error 0.105 (400 resamples). */
    @Test
    void theRatioOfThePatchDataIsThatOfTheBook() {
        double[] newPatch = new double[OLD_PATCH.length];
        Arrays.setAll(newPatch, i -> OLD_PATCH[i] + NEW_LESS_OLD[i]);
        PairedSample sample = new PairedSample(OLD_PATCH, newPatch);
        assertThat(sample.change()).isCloseTo(-0.0713, within(0.00005));
        double[] replicates = Bootstrap.replicates(8, sample::changeOf, 1);
        assertThat(Deviation.of(replicates)).isCloseTo(0.105, within(0.01));
        // The linear standard error is the book's comparison with the delta method, of about the same size.
        assertThat(Deviation.of(sample.residuals()) / Math.sqrt(8)).isCloseTo(0.105, within(0.01));
    }

    /** Student, The Probable Error of a Mean, Biometrika 6, 1908: hours of sleep; mean 1.58, t = 4.0621 = d root of 10. */
    @Test
    void theEffectSizeOfStudentsSleepDataIsHisT() {
        double[] sleep = {1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4};
        EffectSize effect = EffectSize.of(sleep);
        assertThat(effect.standardised() * Math.sqrt(10)).isCloseTo(4.0621, within(0.00005));
        assertThat(effect.less()).isEqualTo(0.05);
    }

    /** Hollander and Wolfe, Nonparametric Statistical Methods, 1973, p. 29: depression scale; one-sided p = 0.01953. */
    @Test
    void theSignedRankTestOfTheDepressionDataIsThatOfTheBook() {
        double[] before = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
        double[] after = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
        double[] differences = new PairedSample(before, after).differences();
        assertThat(SignedRank.p(differences)).isCloseTo(2 * 0.01953, within(0.00002));
    }

    /** Holm 1979 as worked on Wikipedia (0.01, 0.04, 0.03, 0.005): the fourth and the first are rejected at 5 %. */
    @Test
    void holmRejectsTwoOfTheFourOfTheWorkedExample() {
        assertThat(Holm.adjust(new double[] {0.01, 0.04, 0.03, 0.005}))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02});
    }

    /**
     * NIST/SEMATECH e-Handbook of Statistical Methods, section 6.4.4.9: series F of Box, Jenkins and Reinsel, 1994, yields of a
     * batch process; autocorrelation -0.389878319 at lag 1.
     */
    @Test
    void theAutocorrelationOfSeriesFIsThatOfTheHandbook() {
        double[] yields = {
            47, 64, 23, 71, 38, 64, 55, 41, 59, 48, 71, 35, 57, 40, 58, 44, 80, 55, 37, 74, 51, 57, 50, 60, 45, 57, 50,
            45, 25, 59, 50, 71, 56, 74, 50, 58, 45, 54, 36, 54, 48, 55, 45, 57, 50, 62, 44, 64, 43, 52, 38, 59, 55, 41,
            53, 49, 34, 35, 54, 45, 68, 38, 50, 60, 39, 59, 40, 57, 54, 23
        };
        double mean = Arrays.stream(yields).average().orElseThrow();
        double[] residuals = Arrays.stream(yields).map(value -> value - mean).toArray();
        assertThat(Neighbours.lagOne(residuals)).isCloseTo(-0.389878319, within(1e-9));
    }

    /** Faul and others, G*Power 3, Behavior Research Methods 39, 2007: matched pairs, d 0.5, 5 %, 80 %: 34 pairs. */
    @Test
    void powerAsksForThirtyFourPairsForAMediumEffect() {
        assertThat(Power.trialsFor(0.5, 1)).isEqualTo(34);
        assertThat(Power.trialsFor(0.2, 1)).isEqualTo(199);
        assertThat(Power.detectable(34, 1)).isCloseTo(0.494, within(0.001));
    }
}
