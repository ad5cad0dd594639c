package org.shadowmmu.lab.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.api.RootZapOrder;

/** How S2 tears roots down. */
class TearDownTest {
    private static final long GIB = TearDown.GIB_PAGES;

    /** Only the root that was faulted in took the time that the ratio of simulated time to the clock on the wall tells. */
    @ParameterizedTest
    @CsvSource({"WHOLE_ROOT, true", "ONE_GIB_THEN_ROOT, false", "LEAVES_FIRST, true", "LEAVES_FIRST, false"})
    void foldedRootsCountTheSameAndAreNotMetered(RootZapOrder order, boolean written) {
        try (Workers workers = new Workers(1)) {
            Bench bench = Benches.on(workers);
            TearDown folded = TearDown.folded(bench, order, 4, GIB, written);
            assertThat(bench.simulatedSeconds()).isZero();

            TearDown faulted = TearDown.faulted(bench, order, GIB, 1, written);

            assertThat(bench.simulatedSeconds()).isGreaterThan(GIB * 100e-9);
            assertThat(folded).isEqualTo(faulted);
            assertThat(written ? folded.dirty() : folded.clean()).isEqualTo(GIB);
            assertThat(folded.leaves()).isEqualTo(GIB);
        }
    }

    @ParameterizedTest
    @CsvSource({"WHOLE_ROOT, 1, 0", "ONE_GIB_THEN_ROOT, 3, 1"})
    void stepsAreEqual(RootZapOrder order, long steps, long linksAbove) {
        try (Workers workers = new Workers(1)) {
            TearDown torn = TearDown.folded(Benches.on(workers), order, 4, 3 * GIB, true);

            assertThat(torn.isSteps(steps, linksAbove)).isTrue();
            assertThat(torn.isSteps(steps + 1, linksAbove)).isFalse();
        }
    }
}
