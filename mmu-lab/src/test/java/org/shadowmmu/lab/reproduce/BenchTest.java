package org.shadowmmu.lab.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.BadInputException;

@Timeout(60)
class BenchTest {
    /** A machine with so many pages touched; what it did is on the bench's meters. */
    private static long touched(Bench bench, int pages, boolean tdpMmu) {
        VirtualMachine machine = bench.upstream(tdpMmu ? MmuOptions.withTdpMmu() : MmuOptions.tdp(), 1, null);
        machine.host().addBacking(0, pages, false);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        for (long gfn = 0; gfn < pages; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        return machine.usedPages();
    }

    private static List<Object> run(int jobs) {
        try (Workers workers = new Workers(jobs)) {
            Bench bench = Benches.on(workers);
            List<Pending<Long>> begun = IntStream.range(1, 40)
                    .mapToObj(pages -> bench.start(() -> touched(bench, 700 * pages, pages % 3 == 0)))
                    .toList();
            List<Object> told = new ArrayList<>(begun.stream().map(Pending::get).toList());
            told.add(bench.simulatedSeconds());
            return told;
        }
    }

    @Test
    void neitherResultsNorSimulatedTimeDependOnTheNumberOfThreads() {
        List<Object> alone = run(1);

        assertThat(alone.get(alone.size() - 1))
                .isInstanceOfSatisfying(
                        Double.class, seconds -> assertThat(seconds).isGreaterThan(0.1));
        assertThat(run(3)).isEqualTo(alone);
        assertThat(run(5)).isEqualTo(alone);
    }

    @Test
    void independentMeasurementsRunSideBySide() {
        try (Workers workers = new Workers(2)) {
            Bench bench = Benches.on(workers);
            CountDownLatch both = new CountDownLatch(2);
            List<Pending<Boolean>> begun = IntStream.range(0, 2)
                    .mapToObj(i -> bench.start(() -> {
                        both.countDown();
                        try {
                            both.await();
                        } catch (InterruptedException e) {
                            return false;
                        }
                        return true;
                    }))
                    .toList();

            assertThat(begun).allMatch(Pending::get);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aFailureIsThatOfTheMeasurement(int jobs) {
        try (Workers workers = new Workers(jobs)) {
            Bench bench = Benches.on(workers);
            BadInputException own = new BadInputException("The stream is damaged.");
            Pending<Object> failing = bench.start(() -> {
                throw own;
            });
            Pending<Object> exhausted = bench.start(() -> {
                throw new OutOfMemoryError("no heap");
            });

            assertThatThrownBy(failing::get).isSameAs(own);
            assertThatThrownBy(exhausted::get)
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("no heap");
        }
    }

    @Test
    void aMeasurementThatWaitsForAnotherIsRefusedAndDoesNotHang() {
        try (Workers workers = new Workers(1)) {
            Bench bench = Benches.on(workers);
            Pending<Long> outer = bench.start(() -> bench.start(() -> 1L).get());

            assertThatThrownBy(outer::get).hasMessage("a measurement must not wait for another one");
        }
    }

    @Test
    void theEndIsToldOnceWhenAllHaveEnded() {
        AtomicInteger told = new AtomicInteger();
        try (Workers workers = new Workers(2)) {
            Bench bench = Benches.on(workers, told::incrementAndGet);
            List<Pending<Integer>> begun = new ArrayList<>();
            begun.add(bench.start(() -> 0));
            begun.get(0).get();
            assertThat(told).hasValue(0);
            begun.add(bench.start(() -> 1));
            bench.allStarted();
            begun.forEach(Pending::get);
        }
        assertThat(told).hasValue(1);
    }

    @Test
    void aStoryThatFailedIsNotToldToHaveEnded() {
        AtomicInteger told = new AtomicInteger();
        try (Workers workers = new Workers(1)) {
            Bench bench = Benches.on(workers, told::incrementAndGet);
            Pending<Object> failing = bench.start(() -> {
                throw new IllegalStateException("broken");
            });
            bench.allStarted();
            assertThatThrownBy(failing::get).hasMessage("broken");
        }
        assertThat(told).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 3", "2, 64, 2", "8, 1, 1", "8, 0, 1", "1, 64, 1"})
    void asManyJobsAsProcessorsAndHeapAllow(int processors, long gib, int jobs) {
        assertThat(Workers.fitting(processors, gib << 30)).isEqualTo(jobs);
    }
}
