package org.shadowmmu.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;

/** The sentences of a report follow from the figures. */
class FindingsTest {
    @Test
    void theHeadlineNamesThePolicyWithTheFewestFaultsUnderPressure() {
        StoredRun run = Runs.usual().run();
        assertThat(findings(run).headline())
                .isEqualTo(
                        "Fewest page faults where the quota was used up: lru, 5.0 to 37.5 % fewer faults than fifo.");
        assertThat(findings(run).subject())
                .isEqualTo(
                        "Two policies on two recorded streams (web and gcc), at the default quota and 64 shadow pages.");
        assertThat(findings(run).perPolicy())
                .containsExactly(
                        "lru: 5.0 to 37.5 % fewer faults where the quota was used up; as many faults where it was not.");
    }

    @Test
    void aComparisonIsSaidInOneSentence() {
        StoredRun run = Runs.usual().run();
        List<Comparison> comparisons = Comparison.of(run);
        assertThat(findings(run).of(comparisons.get(0))).isEqualTo("fifo took 1,000 page faults; lru the same number.");
        assertThat(findings(run).of(comparisons.get(1)))
                .isEqualTo("fifo took 8,000 page faults; lru 37.5 % fewer (5,000).");
    }

    @Test
    void noDifferenceIsAResult() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web")
                .trial("web", "default", "fifo", 10, 0)
                .trial("web", "default", "lru", 10, 0)
                .run();
        assertThat(findings(run).headline())
                .isEqualTo("The quota was never used up, and no policy took fewer page faults than fifo.");
        assertThat(findings(run).perPolicy()).containsExactly("lru: the very same figures as fifo everywhere.");
        assertThat(warnings(run).notes().get(0))
                .isEqualTo(
                        "At the default quota no shadow page was reclaimed on web (50 of 5,242 pages in use at most), so the"
                                + " order of reclaim cannot matter there. fifo and lru gave identical figures.");
    }

    @Test
    void worseIsSaidAsWell() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("mru", "reclaim-order")
                .workload("web")
                .trial("web", "64", "fifo", 1000, 20, "reclaim-order")
                .trial("web", "64", "mru", 28_000, 400, "reclaim-order")
                .run();
        assertThat(findings(run).headline())
                .isEqualTo("No policy took fewer page faults than fifo where the quota was used up.");
        assertThat(findings(run).perPolicy()).containsExactly("mru: 2700.0 % more faults where the quota was used up.");
    }

    @Test
    void aPolicyThatAlsoDecidesOtherThingsMayDifferWithoutReclaim() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order", "memslot-zap")
                .policy("narrow", "reclaim-order", "memslot-zap")
                .workload("web")
                .trial("web", "default", "fifo", 10, 0, "memslot-zap")
                .trial("web", "default", "narrow", 8, 0, "memslot-zap")
                .run();
        assertThat(warnings(run).notes().get(0)).endsWith("narrow differs because it also decides memslot-zap.");
    }

    /** The check of claim S3.9 in every report: if it fails, the reader is told. */
    @Test
    void aDifferenceThatCannotBeIsReported() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web")
                .trial("web", "default", "fifo", 10, 0)
                .trial("web", "default", "lru", 9, 0)
                .run();
        assertThat(warnings(run).notes().get(0))
                .endsWith("lru differs although it was asked for nothing else: do not trust this result.");
    }

    @Test
    void aPolicyThatWasNeverAskedIsNamed() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("zap", "child-zap")
                .workload("web")
                .trial("web", "64", "fifo", 10, 1, "reclaim-order")
                .trial("web", "64", "zap", 10, 1, "reclaim-order")
                .run();
        assertThat(warnings(run).notes())
                .contains(
                        "zap was never asked for a decision it takes (child-zap): its figures are those of the upstream"
                                + " rules.");
    }

    /** Fewer faults may cost more time than they save. */
    @Test
    void headlineSaysWhatFewerFaultsBecomeInTime() {
        Runs runs = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web")
                .trial("web", "64", "fifo", 10, 1, "reclaim-order")
                .mmuTime(70)
                .trial("web", "64", "lru", 9, 1, "reclaim-order");
        assertThat(findings(runs.run()).headline())
                .isEqualTo("Fewest page faults where the quota was used up: lru, 10.0 % fewer faults than fifo."
                        + " In MMU time it took 40.0 % more.");

        runs.mmuTime(50)
                .trial("web", "80", "fifo", 10, 1, "reclaim-order")
                .mmuTime(45)
                .trial("web", "80", "lru", 9, 1, "reclaim-order");
        assertThat(findings(runs.run()).headline()).endsWith(" In MMU time it took from 10.0 % less to 40.0 % more.");

        Runs slower = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web");
        for (String quota : new String[] {"64", "80"}) {
            slower.mmuTime(100)
                    .trial("web", quota, "fifo", 10, 1, "reclaim-order")
                    .mmuTime(100 + Long.parseLong(quota))
                    .trial("web", quota, "lru", 9, 1, "reclaim-order");
        }
        assertThat(findings(slower.run()).headline()).endsWith(" In MMU time it took 64.0 to 80.0 % more.");
    }

    @Test
    void failedTrialsAreListedAndTheOthersCompared() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order")
                .policy("bad", "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web")
                .trial("web", "64", "fifo", 10, 1, "reclaim-order")
                .failed("web", "64", "bad", "It threw.")
                .trial("web", "64", "lru", 9, 1, "reclaim-order")
                .run();
        assertThat(warnings(run).failures()).containsExactly("bad on web at 64 shadow pages failed: It threw.");
        assertThat(findings(run).headline())
                .isEqualTo("Fewest page faults where the quota was used up: lru, 10.0 % fewer faults than fifo.");
        assertThat(findings(run).perPolicy()).contains("bad: no result where the quota was used up.");
        assertThat(TerminalTable.of(run)).contains("  bad     failed\n");
    }

    @Test
    void withoutTheFirstPolicyThereIsNothingToCompareWith() {
        StoredRun run = new Runs()
                .policy("bad", "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web")
                .failed("web", "64", "bad", "It threw.")
                .trial("web", "64", "lru", 9, 1, "reclaim-order")
                .run();
        assertThat(findings(run).headline())
                .isEqualTo("No trial of bad ran to its end, so there is nothing to compare with.");
    }

    @Test
    void onePolicyIsNoComparison() {
        StoredRun run = new Runs()
                .policy("fifo", "reclaim-order")
                .workload("web")
                .trial("web", "64", "fifo", 10, 1, "reclaim-order")
                .run();
        assertThat(findings(run).headline()).isEqualTo("One policy ran, so there is nothing to compare it with.");
    }

    @Test
    void theTerminalTableHasAColumnOfDifferences() {
        assertThat(TerminalTable.of(Runs.usual().run())).contains("""
                        web at 64 shadow pages
                          policy  faults  vs fifo  repeated  reclaimed  zapped  MMU time
                          fifo     8,000                 50        700      50     50 ns
                          lru      5,000  -37.5 %        50        500      50     50 ns
                        """);
    }

    @Test
    void timesHaveTheUnitThatSuitsThem() {
        assertThat(Numbers.time(0)).isEqualTo("0 ns");
        assertThat(Numbers.time(812)).isEqualTo("812 ns");
        assertThat(Numbers.time(1000)).isEqualTo("1.00 µs");
        assertThat(Numbers.time(999_499)).isEqualTo("999 µs");
        assertThat(Numbers.time(999_500)).isEqualTo("1.00 ms");
        assertThat(Numbers.time(35_160_000)).isEqualTo("35.2 ms");
        assertThat(Numbers.time(4_080_000_000.0)).isEqualTo("4.08 s");
        assertThat(Numbers.time(1_234_000_000_000.0)).isEqualTo("1,234 s");
        assertThat(Numbers.figure(Metric.MMU_TIME, 5000)).isEqualTo("5.00 µs");
        assertThat(Numbers.figure(Metric.FAULTS, 5000)).isEqualTo("5,000");
    }

    @Test
    void numbersReadWell() {
        assertThat(Numbers.plain(1234567)).isEqualTo("1,234,567");
        assertThat(Numbers.plain(0.25)).isEqualTo("0.3");
        assertThat(Numbers.difference(5, 0)).isEqualTo("from 0");
        assertThat(Numbers.difference(100_000, 100_001)).isEqualTo("-<0.1 %");
        assertThat(Numbers.difference(28_000, 1000)).isEqualTo("+2,700 %");
        assertThat(Numbers.shortened(190_000)).isEqualTo("190k");
        assertThat(Numbers.shortened(2_500_000)).isEqualTo("2.5M");
        assertThat(Numbers.list(List.of("a", "b", "c"))).isEqualTo("a, b and c");
    }

    private static Findings findings(StoredRun run) {
        return new Findings(run.manifest(), Comparison.of(run));
    }

    private static Warnings warnings(StoredRun run) {
        return new Warnings(run.manifest(), Comparison.of(run));
    }
}
