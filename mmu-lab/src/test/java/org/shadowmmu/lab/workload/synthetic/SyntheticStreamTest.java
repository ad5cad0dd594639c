package org.shadowmmu.lab.workload.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.statistics.distribution.ZipfDistribution;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;
import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.experiment.MemorySize;
import org.shadowmmu.lab.experiment.MemslotChurn;
import org.shadowmmu.lab.experiment.Migration;
import org.shadowmmu.lab.experiment.SequentialFill;
import org.shadowmmu.lab.experiment.Share;
import org.shadowmmu.lab.experiment.WorkingSets;
import org.shadowmmu.lab.experiment.Zipf;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.GuestEvent;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamVisitor;

/** What synthetic guests do, against the rules that they are said to follow. */
class SyntheticStreamTest {
    /** A stream, written down. */
    private static final class Written implements StreamVisitor {
        final List<Long> gfns = new ArrayList<>();
        final List<Integer> vcpus = new ArrayList<>();
        final List<SlotChange> changes = new ArrayList<>();
        final List<Integer> logReadAt = new ArrayList<>();
        final Map<Long, Integer> markers = new HashMap<>();
        long writes;
        long clock;
        private int vcpu;

        @Override
        public void slotChange(SlotChange change) {
            changes.add(change);
        }

        @Override
        public void windowBegins(int windowVcpu, long instructions, long accesses) {
            vcpu = windowVcpu;
            clock += instructions;
        }

        @Override
        public void access(EntryKind kind, long gfn) {
            gfns.add(gfn);
            vcpus.add(vcpu);
            writes += kind == EntryKind.WRITE ? 1 : 0;
        }

        @Override
        public void event(GuestEvent event, long argument) {
            markers.put(argument, gfns.size());
        }

        @Override
        public void dirtyLogRead(long gfn, long pages) {
            logReadAt.add(gfns.size());
        }
    }

    private static Written play(AccessFamily family, long seed) {
        Written written = new Written();
        new SyntheticStream(family, seed).read(written);
        assertThat(written.clock).as("the clock counts accesses").isEqualTo(written.gfns.size());
        return written;
    }

    private static MemorySize size(String text) {
        return MemorySize.of(text);
    }

    @Test
    void aFillUsesEveryPageOncePerPassInOrder() {
        Written written = play(new SequentialFill(size("1 MiB"), 2, null, null, null), 1);
        assertThat(written.gfns).hasSize(512);
        for (int i = 0; i < 512; i++) {
            assertThat(written.gfns.get(i)).isEqualTo(i % 256);
        }
        assertThat(written.writes).isEqualTo(512);
        assertThat(written.markers).isEqualTo(Map.of(1L, 0, 2L, 256));
    }

    @Test
    void virtualCpusFillPartsOfTheirOwnInTurns() {
        Written written = play(new SequentialFill(size("1000 KiB"), 1, 2, null, 3), 1);
        assertThat(written.gfns).hasSize(125).doesNotHaveDuplicates().allMatch(gfn -> gfn % 2 == 0 && gfn < 250);
        assertThat(written.vcpus.subList(0, 41)).containsOnly(0);
        for (int i = 0; i < 125; i++) {
            int part = written.vcpus.get(i);
            long item = written.gfns.get(i) / 2;
            assertThat(item).isBetween(125L * part / 3, 125L * (part + 1) / 3 - 1);
        }
    }

    /** The chi-square test of how often each rank was used against Zipf's law, which a wrong exponent fails. */
    @Test
    void pagesAreUsedAsZipfsLawSays() {
        int pages = 256;
        int accesses = 200_000;
        for (double exponent : new double[] {0.8, 1.2}) {
            Written written = play(new Zipf(size("1 MiB"), accesses, exponent, Zipf.Placement.ADJACENT, null, null), 5);
            long[] observed = new long[pages];
            written.gfns.forEach(gfn -> observed[gfn.intValue()]++);
            assertThat(ChiSquareTest.withDefaults()
                            .test(expected(pages, exponent), observed)
                            .getPValue())
                    .isGreaterThan(0.01);
            assertThat(ChiSquareTest.withDefaults()
                            .test(expected(pages, exponent + 0.05), observed)
                            .getPValue())
                    .isLessThan(1e-6);
        }
    }

    private static double[] expected(int pages, double exponent) {
        double[] expected = new double[pages];
        for (int rank = 1; rank <= pages; rank++) {
            expected[rank - 1] = ZipfDistribution.of(pages, exponent).probability(rank);
        }
        return expected;
    }

    @Test
    void scatteredRanksAreAPermutationOfAdjacentOnes() {
        long[] adjacent = counts(play(new Zipf(size("1 MiB"), 50_000, null, Zipf.Placement.ADJACENT, null, null), 3));
        long[] scattered = counts(play(new Zipf(size("1 MiB"), 50_000, null, null, null, null), 3));
        assertThat(adjacent[0]).isGreaterThan(adjacent[100]);
        assertThat(scattered).isNotEqualTo(adjacent);
        // The hottest page has the same share, wherever it lies.
        double share = ZipfDistribution.of(256, 0.99).probability(1);
        assertThat(java.util.Arrays.stream(scattered).max().orElseThrow() / 50_000.0)
                .isCloseTo(share, org.assertj.core.api.Assertions.within(0.01));
    }

    private static long[] counts(Written written) {
        long[] counts = new long[256];
        written.gfns.forEach(gfn -> counts[gfn.intValue()]++);
        return counts;
    }

    @Test
    void theShareOfWritesChangesNoPlace() {
        Written some = play(new Zipf(size("1 MiB"), 20_000, null, null, Share.of("30 %"), null), 3);
        Written all = play(new Zipf(size("1 MiB"), 20_000, null, null, Share.of("100 %"), null), 3);
        assertThat(some.gfns).isEqualTo(all.gfns);
        assertThat(some.writes).isBetween(5_700L, 6_300L);
        assertThat(all.writes).isEqualTo(20_000);
    }

    @Test
    void aSeedGivesTheSameGuestAndAnotherSeedAnother() {
        Zipf family = new Zipf(size("1 MiB"), 1000, null, null, null, 2);
        assertThat(play(family, 7).gfns).isEqualTo(play(family, 7).gfns);
        assertThat(play(family, 8).gfns).isNotEqualTo(play(family, 7).gfns);
    }

    /** Sets of 16 runs of 16 pages, of which 4 stay each time; nothing outside. */
    @Test
    void aWorkingSetHasItsSizeAndKeepsItsShare() {
        Written written = play(
                new WorkingSets(
                        size("64 MiB"),
                        5,
                        4000,
                        size("1 MiB"),
                        size("64 KiB"),
                        Share.of("25 %"),
                        Share.of("0 %"),
                        null,
                        null),
                1);
        Set<Long> before = Set.of();
        for (int phase = 1; phase <= 5; phase++) {
            int from = written.markers.get((long) phase);
            Set<Long> runs = new HashSet<>();
            written.gfns.subList(from, from + 4000).forEach(gfn -> runs.add(gfn / 16));
            assertThat(runs).hasSize(16);
            Set<Long> kept = new HashSet<>(runs);
            kept.retainAll(before);
            assertThat(kept).hasSize(phase == 1 ? 0 : 4);
            before = runs;
        }
    }

    @Test
    void theSlotOfTheDeviceComesAndGoes() {
        Written written =
                play(new MemslotChurn(size("1 MiB"), size("64 KiB"), 7, 1000, Share.of("20 %"), null, null), 1);
        assertThat(written.gfns).hasSize(256 + 7 * 1000);
        assertThat(written.markers).isEqualTo(Map.of(1L, 256));
        assertThat(written.changes).hasSize(2 + 2 * 7);
        assertThat(written.changes.subList(2, 16))
                .extracting(SlotChange::operation)
                .containsSubsequence(SlotChange.Operation.DELETE, SlotChange.Operation.ADD);
        assertThat(written.gfns.stream()
                        .filter(gfn -> gfn >= MemslotChurnRule.DEVICE_GFN)
                        .count())
                .isBetween(1300L, 1500L);
        assertThat(written.gfns).allMatch(gfn -> gfn < 256 || gfn - MemslotChurnRule.DEVICE_GFN < 16);
    }

    @Test
    void theDirtyLogIsReadAfterEachRound() {
        Written written = play(new Migration(size("1 MiB"), 3, 500, Share.of("10 %"), Share.of("90 %"), null, null), 1);
        assertThat(written.gfns).hasSize(256 + 4 * 500);
        assertThat(written.logReadAt).containsExactly(256 + 500, 256 + 1000, 256 + 1500);
        assertThat(written.changes)
                .extracting(SlotChange::operation)
                .containsExactly(
                        SlotChange.Operation.ADD, SlotChange.Operation.LOG_START, SlotChange.Operation.LOG_STOP);
        long hot =
                written.gfns.subList(256, 2256).stream().filter(gfn -> gfn < 25).count();
        // 90 % go to the hot tenth, and a tenth of the others as well.
        assertThat(hot / 2000.0).isBetween(0.88, 0.94);
    }
}
