package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerifyTotalsTest {
    private final VerifyTotals totals = new VerifyTotals();

    @Test
    void allEqualIsAHundredPercentAndSuccess() {
        totals.add(new Verification.Equal("a", 34048, 95087, 0));

        assertThat(totals.sentence()).isEqualTo("verified 1 files, 34048 operations, 95087 events: 100.00 % equal");
        assertThat(totals.exitCode()).isZero();
    }

    @Test
    void oneEventInAMillionIsNotAHundredPercent() {
        totals.add(new Verification.Equal("a", 10, 1_000_000, 0));
        totals.add(different(1, 0));

        assertThat(totals.percent()).isEqualTo("99.99");
        assertThat(totals.exitCode()).isOne();
    }

    @Test
    void aDifferenceOutsideTheEventsIsNotAHundredPercent() {
        totals.add(different(500, 500));

        assertThat(totals.percent()).isEqualTo("99.99");
        assertThat(totals.exitCode()).isOne();
    }

    @Test
    void percentIsRoundedDown() {
        totals.add(different(3, 2));

        assertThat(totals.percent()).isEqualTo("66.66");
    }

    @Test
    void unsupportedIsNotSuccess() {
        totals.add(new Verification.Equal("a", 10, 10, 0));
        totals.add(new Verification.Unsupported("b", "shadow"));

        assertThat(totals.unsupported()).containsEntry("shadow", 1);
        assertThat(totals.exitCode()).isOne();
        assertThat(totals.percent()).isEqualTo("100.00");
    }

    @Test
    void badInputOutweighsADifference() {
        totals.add(different(3, 2));
        totals.add(new Verification.Malformed("b", "sentence"));

        assertThat(totals.exitCode()).isEqualTo(2);
    }

    @Test
    void nothingToCompareIsBadInput() {
        totals.add(new Verification.LeftOut("a"));

        assertThat(totals.sentence()).isEqualTo("verified 0 files, 0 operations, 0 events: 0.00 % equal");
        assertThat(totals.exitCode()).isEqualTo(2);
    }

    private static Verification different(long events, long equal) {
        Difference difference =
                new Difference(1, 2, "event", "op 1 R va=0x0", 0, List.of(), "  a", "  b", List.of(), List.of());
        return new Verification.Different("d", 1, events, equal, 1, difference);
    }
}
