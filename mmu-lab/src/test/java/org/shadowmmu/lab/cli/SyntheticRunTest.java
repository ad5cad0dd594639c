package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.ab.AbResult;
import org.shadowmmu.lab.experiment.AccessFamily;
import org.shadowmmu.lab.experiment.MemorySize;
import org.shadowmmu.lab.experiment.MemslotChurn;
import org.shadowmmu.lab.experiment.Migration;
import org.shadowmmu.lab.experiment.Zipf;
import org.shadowmmu.lab.machine.RecordedVm;
import org.shadowmmu.lab.recording.LineBuffer;
import org.shadowmmu.lab.recording.RecordingReader;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.GuestEvent;
import org.shadowmmu.lab.workload.StreamVisitor;
import org.shadowmmu.lab.workload.synthetic.SyntheticStream;

/** Synthetic workloads and recorded scenarios from the experiment file to the figures, against what must come out. */
class SyntheticRunTest {
    /** Two-dimensional paging on shadow pages maps 8 neighbouring pages at a fault (PR). */
    private static final int PREFETCHED = 8;

    private static final long DEVICE = 1L << 27;

    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
    }

    private StoredRun run(String text) {
        lab.file("x.yaml", "name: x\n" + text);
        assertThat(lab.run("run", "x.yaml", "--audit", "--quiet", "--force"))
                .as(lab.err() + lab.out())
                .isZero();
        return StoredRun.read(ResultFolder.open(folder.resolve("results/x")));
    }

    private TrialResult only(String text) {
        StoredRun run = run(text);
        assertThat(run.trials()).hasSize(1);
        return run.trials().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "mode: direct, 1, 2048, 35",
        "mode: tdpmmu, 1, 16384, 0",
        "'{mode: direct, backing: thp}', 1, 32, 3",
        "mode: direct, 512, 32, 35"
    })
    void aSequentialFillFaultsOnceForWhatAFaultMaps(String host, int stride, long faults, long tables) {
        String keys = host.replaceAll("[{}]", "").replace(", ", "\n");
        TrialResult trial = only("policies: [fifo]\n" + keys
                + "\nworkloads: [{sequential-fill: {memory: 64 MiB, passes: 3, vcpus: 2, stride: " + stride + "}}]");
        assertThat(trial.metric(Metric.FAULTS)).isEqualTo(faults);
        assertThat(trial.metric(Metric.REPEATED_FAULTS)).isZero();
        assertThat(trial.metric(Metric.DISTINCT_PAGES)).isEqualTo(16384 / stride);
        assertThat(trial.metric(Metric.ACCESSES)).isEqualTo(3 * 16384 / stride);
        assertThat(trial.metric(Metric.PEAK_USED)).isEqualTo(tables);
        assertThat(trial.metric(Metric.LONGEST_HOLD)).isPositive();
        assertThat(trial.metric(Metric.LONGEST_HOLD)).isGreaterThanOrEqualTo(trial.metric(Metric.LONGEST_STEP));
    }

    /** Groups of 8 neighbouring pages that a stream uses from an access on, forgotten at each deletion of a slot if told so. */
    private static final class Groups implements StreamVisitor {
        private final Set<Long> mapped = new HashSet<>();
        private final Set<Long> written = new HashSet<>();
        private final boolean all;
        private boolean counts;
        long faults;
        long dirty;

        private final boolean splitLate;
        private final Set<Long> split = new HashSet<>();
        private final Set<Long> small = new HashSet<>();

        Groups(boolean all, boolean counts, boolean splitLate) {
            this.all = all;
            this.counts = counts;
            this.splitLate = splitLate;
        }

        @Override
        public void event(GuestEvent event, long argument) {
            counts = true;
            written.clear();
        }

        @Override
        public void access(EntryKind kind, long gfn) {
            if (mapped.add(gfn / PREFETCHED) && counts) {
                faults++;
            }
            if (kind == EntryKind.WRITE) {
                written.add(gfn);
            }
            if (splitLate && counts) {
                if (kind == EntryKind.WRITE) {
                    split.add(gfn / 512);
                }
                if (split.contains(gfn / 512) && small.add(gfn)) {
                    written.add(gfn);
                }
            }
        }

        @Override
        public void slotChange(org.shadowmmu.lab.workload.SlotChange change) {
            if (change.operation() == org.shadowmmu.lab.workload.SlotChange.Operation.DELETE) {
                mapped.removeIf(group -> all || group >= DEVICE / PREFETCHED);
            }
        }

        @Override
        public void dirtyLogRead(long gfn, long pages) {
            dirty += written.size();
            written.clear();
        }
    }

    private static Groups model(AccessFamily family, boolean all) {
        Groups groups = new Groups(all, !family.fillsFirst(), false);
        new SyntheticStream(family, 1).read(groups);
        return groups;
    }

    @Test
    void zipfFaultsOncePerGroupOfPagesThatItUses() {
        TrialResult trial = only("policies: [fifo]\nworkloads: [{zipf: {memory: 256 MiB, accesses: 20000, vcpus: 2}}]");
        Zipf family = new Zipf(MemorySize.of("256 MiB"), 20_000, null, null, null, 2);
        assertThat(trial.metric(Metric.FAULTS)).isEqualTo(model(family, false).faults);
    }

    /** Linux zaps everything when a slot goes; leaf-first only what lies in the slot. */
    @Test
    void memslotChurnCostsWhatTheZapTakesAway() {
        StoredRun run = run("policies: [fifo, leaf-first]\n"
                + "workloads: [{memslot-churn: {memory: 64 MiB, cycles: 6, accesses: 3000}}]");
        MemslotChurn family = new MemslotChurn(MemorySize.of("64 MiB"), null, 6, 3000, null, null, null);
        assertThat(run.trials().get(0).metric(Metric.FAULTS)).isEqualTo(model(family, true).faults);
        assertThat(run.trials().get(1).metric(Metric.FAULTS)).isEqualTo(model(family, false).faults);
        assertThat(run.manifest().workloads().get(0).slotChanges()).isEqualTo(2 + 2 * 6);
        assertThat(run.manifest().workloads().get(0).region()).isEqualTo(new Manifest.Region(16384, 34384));
    }

    @ParameterizedTest
    @CsvSource({"direct, 4k", "tdpmmu, 4k", "direct, thp", "tdpmmu, thp"})
    void theDirtyLogNamesThePagesThatWereWritten(String mode, String backing) {
        TrialResult trial = only("policies: [fifo]\nmode: " + mode + "\nbacking: " + backing
                + "\nworkloads: [{migration: {memory: 64 MiB, rounds: 3, accesses: 4000}}]");
        Migration family = new Migration(MemorySize.of("64 MiB"), 3, 4000, null, null, null, null);
        // Without the TDP MMU a huge page is split by the first write to it, and from then on the first use of each
        // page, be it
        // a read, maps it writable and dirty.
        boolean splitLate = mode.equals("direct") && backing.equals("thp");
        Groups groups = new Groups(false, false, splitLate);
        new SyntheticStream(family, 1).read(groups);
        assertThat(trial.metric(Metric.DIRTY_PAGES)).isEqualTo(groups.dirty);
        assertThat(trial.metric(Metric.ACCESSES)).isEqualTo(4 * 4000);
    }

    @Test
    void workingSetsMapNoMoreThanTheirSets() {
        TrialResult trial =
                only("policies: [fifo]\nmode: tdpmmu\nworkloads: [{working-sets: {memory: 256 MiB, phases: 3,"
                        + " accesses: 20000, set: 4 MiB, kept: 50 %, outside: 0 %}}]");
        // 1024 pages of the first set, and half as many of each later one.
        assertThat(trial.metric(Metric.FAULTS)).isEqualTo(2048);
        assertThat(trial.metric(Metric.DISTINCT_PAGES)).isEqualTo(2048);
    }

    /**
     * 16 leaf tables and one table of each higher level per guest, 19 in all, beside 4 of L1 itself. All are zapped when L1
     * zeroes them, the root twice: first while a virtual CPU holds it, then when it is let go. None is when L1 is lazy.
     * Stale are those of all guests but the last four of each virtual CPU, whose roots it still holds (VC-10).
     */
    @Test
    void nestedTablesStayIfTheGuestHypervisorIsLazy() {
        StoredRun run = run("""
                policies: [fifo]
                workloads:
                  - {name: zeroing, boot-storm: {guests: 2, boots: 8, guest-memory: 32 MiB}}
                  - {name: lazy, boot-storm: {guests: 2, boots: 8, guest-memory: 32 MiB, tear-down: lazy}}
                """);
        TrialResult zeroing = run.trials().get(0);
        TrialResult lazy = run.trials().get(1);
        assertThat(zeroing.metric(Metric.ACCESSES)).isEqualTo(2 * 8 * 8192);
        assertThat(zeroing.metric(Metric.ZAPPED)).isEqualTo(2 * 8 * 20);
        assertThat(zeroing.metric(Metric.CREATED)).isEqualTo(2 * 8 * 19 + 4);
        assertThat(lazy.metric(Metric.CREATED)).isEqualTo(2 * 8 * 19 + 4);
        assertThat(lazy.metric(Metric.ZAPPED)).isZero();
        assertThat(lazy.metric(Metric.MEAN_STALE)).isGreaterThan(zeroing.metric(Metric.MEAN_STALE) + 10);
        assertThat(run.seriesOf(lazy).stale()[200]).isPositive();
    }

    @Test
    void theTimeOfTheMmuIsItsWorkAtTheStandardCosts() {
        TrialResult fill = only("policies: [fifo]\nworkloads: [{sequential-fill: {memory: 4 MiB}}]");
        // The first four tables are of one frame: each is looked for among those before it, 100 ns each.
        assertThat(fill.metric(Metric.MMU_TIME))
                .isEqualTo(2000 * fill.metric(Metric.FAULTS) + 150 * fill.metric(Metric.CREATED) + 100 * (1 + 2 + 3))
                .isEqualTo(257_350);
    }

    @Test
    void processesRunToTheirEndAndDrawFromTheSeed() {
        StoredRun run = run("""
                policies: [fifo, lru-moveup]
                workloads: [{processes: {memory: 128 MiB, programs: 6, stretches: 2, uses: 300, kernel-uses: 100}}]
                quotas: [64]
                seeds: [1, 2]
                """);
        assertThat(run.manifest().workloads().get(0).length()).isEqualTo(6 * 2 * 300);
        assertThat(run.manifest().hosts().get(0).mode().word()).isEqualTo("shadow");
        for (TrialResult trial : run.trials()) {
            // Each use is one of the program and three of its hot pages, and a third of one of the kernel.
            assertThat(trial.metric(Metric.ACCESSES)).isGreaterThan(6 * 2 * (300 * 4 + 100));
            assertThat(trial.metric(Metric.RECLAIMED)).isPositive();
            assertThat(trial.counters().get("mmu_unsync")).isNotNull();
        }
        assertThat(run.trials().get(0).metric(Metric.FAULTS))
                .isNotEqualTo(run.trials().get(2).metric(Metric.FAULTS));
        assertThat(run.trials().get(0).metrics())
                .isNotEqualTo(run.trials().get(1).metrics());
    }

    @Test
    void theFiguresAreThoseOfTheRegion() {
        StoredRun run = run("""
                policies: [fifo]
                mode: tdpmmu
                workloads:
                  - {name: all, sequential-fill: {memory: 4 MiB, passes: 4}}
                  - {name: cold, sequential-fill: {memory: 4 MiB, passes: 4}, to: 25 %}
                  - {name: warm, sequential-fill: {memory: 4 MiB, passes: 4}, from: marker 2}
                  - {name: some, sequential-fill: {memory: 4 MiB, passes: 4}, from: 512, to: 768}
                """);
        List<TrialResult> trials = run.trials();
        assertThat(trials).extracting(trial -> trial.metric(Metric.FAULTS)).containsExactly(1024L, 1024L, 0L, 256L);
        assertThat(trials)
                .extracting(trial -> trial.metric(Metric.ACCESSES))
                .containsExactly(4096L, 1024L, 3072L, 256L);
        assertThat(trials)
                .extracting(trial -> trial.metric(Metric.DISTINCT_PAGES))
                .containsExactly(1024L, 1024L, 1024L, 256L);
        assertThat(trials)
                .extracting(trial -> trial.metric(Metric.PEAK_MAPPED))
                .containsExactly(1024L, 1024L, 1024L, 768L);
        // 540 ns of exit and 1,460 ns of handling each.
        assertThat(trials)
                .extracting(trial -> trial.metric(Metric.MMU_TIME))
                .containsExactly(2_048_000L, 2_048_000L, 0L, 512_000L);
        assertThat(run.manifest().workloads().get(3).region()).isEqualTo(new Manifest.Region(512, 768));
    }

    /** What a recorded scenario gives under the upstream policy is what the recording machine counts. */
    @ParameterizedTest
    @CsvSource({
        "linux-6.1/small/direct-nested-s1.txt.gz, direct",
        "linux-6.1/small/direct-long-mixed-s1.txt.gz, direct",
        "linux-6.12/small/direct-long-mixed-s1.txt.gz, direct"
    })
    void aScenarioIsThatOfTheRecording(String recording, String mode) {
        Path file = Project.root().resolve("data/recordings").resolve(recording);
        TrialResult trial = only("policies: [fifo]\nmode: " + mode + "\nworkloads: [{recording: " + file + "}]");
        try (RecordingReader reader = RecordingReader.open(file)) {
            RecordedVm machine = new RecordedVm(reader.header(), PolicyRuntime.upstream());
            LineBuffer lines = new LineBuffer();
            while (reader.next()) {
                machine.execute(reader.op(), lines);
                lines.clear();
            }
            for (Counter counter : Counter.values()) {
                assertThat(trial.counters().get(counter.kernelName()))
                        .isEqualTo(machine.machine().counters().get(counter));
            }
            assertThat(trial.metric(Metric.FAULTS))
                    .isEqualTo(machine.machine().counters().get(Counter.PF_TAKEN))
                    .isPositive();
            assertThat(trial.metric(Metric.ACCESSES)).isPositive().isLessThanOrEqualTo(reader.operations());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workloads: [{zipf: {memory: 1}}] | a size of memory needs a unit, such as '1 MiB'",
                "workloads: [{zipf: {exponent: 0}}] | 'exponent' must be a number from 0.01 to 10.0, not 0.0",
                "workloads: [{zipf: {exponnt: 1}}] | unknown key 'exponnt'; did you mean 'exponent'?",
                "workloads: [zipf] | there is no stream 'zipf'; the synthetic workload is written 'zipf: {}'",
                "workloads: [{zipf: {}, migration: {}}] | a workload is exactly one of 'stream', 'recording' and the families"
                        + " 'sequential-fill', 'zipf', 'working-sets', 'memslot-churn', 'migration', 'boot-storm', 'processes',"
                        + " not zipf and migration",
                "workloads: [{working-sets: {set: 1 GiB, memory: 512 MiB}}] | 'set' must be no more than the memory of 512 MiB,"
                        + " not 1 GiB",
                "workloads: [{boot-storm: {map-ahead: 3}}] | 'map-ahead' must be a power of two from 1 to 512, not 3",
                "workloads: [{boot-storm: {tear-down: lasy}}] | 'tear-down' must be zeroing or lazy or bottom-up, not 'lasy'; did you"
                        + " mean 'lazy'?",
                "workloads: [{zipf: {}, from: marker 3}] | 'zipf' has no marker 3, nor any other",
                "workloads: [{zipf: {}, from: 60 %, to: 40 %}] | the figures of 'zipf' would end before they begin: they are of its"
                        + " accesses 600000 to 400000",
                "workloads: [{zipf: {}, to: 2000000}] | 'zipf' has only 1000000 accesses, so 'to' cannot be 2000000",
                "workloads: [{recording: nothing}] | there is no recording 'nothing', neither from this file nor in a folder"
                        + " data/recordings, of which there is none",
                "workloads: [{processes: {}}], mode: direct | 'processes' keeps page tables under shadow paging, so it cannot run in"
                        + " mode direct",
                "workloads: [{zipf: {}}, {zipf: {exponent: 0.99}}] | 'workloads' has zipf twice",
            })
    void badWorkloadsAreOneSentenceWithFileAndLine(String keys, String sentence) {
        lab.file("bad.yaml", "{name: x, policies: [fifo],\n" + keys + "}\n");
        assertThat(lab.run("run", "bad.yaml")).isEqualTo(2);
        assertThat(lab.err().replaceFirst("^.*bad.yaml, line ", "")).startsWith("2: " + sentence);
    }

    @Test
    void aParameterOfAFamilyCanVary() {
        StoredRun run = run("""
                policies: [fifo]
                workloads: [{zipf: {memory: 64 MiB, accesses: 2000}}]
                matrix: {workloads.zipf.zipf.exponent: [0.5, 1.5]}
                """);
        assertThat(run.trials())
                .extracting(TrialResult::workload)
                .containsExactly(
                        "zipf(memory=64 MiB, accesses=2000, exponent=0.5)",
                        "zipf(memory=64 MiB, accesses=2000, exponent=1.5)");
        assertThat(run.trials().get(0).metric(Metric.FAULTS))
                .isGreaterThan(run.trials().get(1).metric(Metric.FAULTS));
        assertThat(lab.read("results/x/report.html"))
                .contains("synthetic workloads", "a rule that was made up", "exponent 1.5");
    }

    /** The order that knows what comes has fewer faults than any policy, and is no policy that the headline may name. */
    @Test
    void foresightIsARowOfItsOwnAndWhatPoliciesAreHeldAgainst() {
        StoredRun run = run("""
                policies: [fifo, lru-moveup]
                workloads:
                  - {name: hot, zipf: {memory: 256 MiB, accesses: 20000}}
                  - {name: child, processes: {memory: 128 MiB, programs: 2, stretches: 1, uses: 50}}
                quotas: [64]
                seeds: [1, 2]
                foresight: true
                """);
        assertThat(run.trials())
                .extracting(trial -> trial.workload() + " " + trial.seed() + " " + trial.policy())
                .containsExactly(
                        "hot 1 fifo",
                        "hot 1 lru-moveup",
                        "hot 1 foresight",
                        "hot 2 fifo",
                        "hot 2 lru-moveup",
                        "hot 2 foresight",
                        "child 1 fifo",
                        "child 1 lru-moveup",
                        "child 2 fifo",
                        "child 2 lru-moveup");
        for (int seed = 0; seed < 2; seed++) {
            long least = run.trials().get(3 * seed + 2).metric(Metric.FAULTS);
            assertThat(least).isLessThan(run.trials().get(3 * seed).metric(Metric.FAULTS));
            assertThat(least).isLessThan(run.trials().get(3 * seed + 1).metric(Metric.FAULTS));
        }
        assertThat(lab.out()).contains("Fewest page faults where the quota was used up: lru-moveup");
        assertThat(lab.read("results/x/report.html"))
                .contains("Page faults above those of the order that knows the rest of the stream: fifo +");
    }

    /** The trials of 'ab' are those of 'run' with the same seeds, figure for figure, on whatever host. */
    @ParameterizedTest
    @CsvSource({"'', 4k, true", "--era=linux-6.12, 4k, true", "'', thp, false"})
    void abOverSeedsIsRunOverSeeds(String era, String backing, boolean foresight) {
        StoredRun run = run("policies: [fifo, lru-moveup]\nworkloads: [{memslot-churn: {memory: 192 MiB, cycles: 2,"
                + " accesses: 2000}}]\nquotas: [64]\nseeds: [5..10]\nbacking: " + backing
                + (era.isEmpty() ? "" : "\nera: linux-6.12"));
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "ab",
                "fifo",
                "lru-moveup",
                "--workload",
                "memslot-churn:memory=192MiB:cycles=2:accesses=2000",
                "--quota",
                "64",
                "--trials",
                "6",
                "--seed",
                "5",
                "--backing",
                backing,
                "--out",
                "results/ab"));
        if (!era.isEmpty()) {
            arguments.add(era);
        }
        assertThat(lab.run(arguments.toArray(String[]::new))).as(lab.err()).isZero();
        AbResult result = Json.read(lab.read("results/ab/ab.json"), AbResult.class);
        for (int policy = 0; policy < 2; policy++) {
            double[] faults =
                    result.places().get(0).runs().get(policy).stretches().get(Metric.FAULTS);
            for (int seed = 0; seed < 6; seed++) {
                assertThat(faults[seed])
                        .isEqualTo(run.trials().get(2 * seed + policy).metric(Metric.FAULTS));
            }
        }
        assertThat(result.places().get(0).foresight() != null).isEqualTo(foresight);
        assertThat(lab.out()).contains("per seed", "6 seeds: an interval covers other seeds of the same rule");
        assertThat(lab.read("results/ab/report.html")).contains("whole runs with the seeds 5 to 10");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "boot-storm | Nothing in 'boot-storm' is random, so it gives no sample to compare on; use 'run' with it.",
                "sequential-fill | Nothing in 'sequential-fill' is random, so it gives no sample to compare on; use 'run' with"
                        + " it.",
                "zipf:exponnt=2 | The workload zipf:exponnt=2: unknown key 'exponnt'; did you mean 'exponent'?",
                "zipf:{} | A synthetic workload is written FAMILY:PARAMETER=VALUE:…, not 'zipf:{}'.",
                "zipf:memory=3 | The workload zipf:memory=3: a size of memory needs a unit, such as '3 MiB'."
            })
    void abRefusesWorkloadsWithASentence(String workload, String sentence) {
        assertThat(lab.run("ab", "fifo", "lru-moveup", "--workload", workload)).isEqualTo(2);
        assertThat(lab.err().strip()).isEqualTo(sentence);
    }

    @Test
    void explainFollowsAPageOfASyntheticStream() {
        assertThat(lab.run("explain", "zipf:memory=256MiB:accesses=5000", "--quota", "64"))
                .as(lab.err())
                .isZero();
        assertThat(lab.out()).contains("Zapped most often:", "level 1, gfn 0x");
        assertThat(lab.run("explain", "zipf:memory=256MiB:accesses=5000", "--quota", "64", "--gfn", "0"))
                .isZero();
        assertThat(lab.out()).contains("made at access ", "by the order of reclaim of fifo");
    }
}
