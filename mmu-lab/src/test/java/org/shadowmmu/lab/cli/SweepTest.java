package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;

/** Sweeps: what varies, shards, and runs that are taken up again, compared byte for byte with runs in one go. */
class SweepTest {
    /** Everything of a result folder that may not depend on how it came about. */
    private static final List<String> FILES = List.of("manifest.json", "trials.jsonl", "series.jsonl", "report.html");

    private static final String SWEEP = """
            name: sweep
            policies: [fifo, lru-moveup]
            workloads: [fits]
            quotas: [64]
            matrix:
              era: [linux-6.1, linux-6.12]
              mode: [direct, tdpmmu]
            zip:
              seeds: [[1, 2], [3]]
              workloads: [thrash, fits]
            """;

    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
        lab.file("sweep.yaml", SWEEP);
    }

    @Test
    void aSweepRunsEveryCombinationOnce() {
        assertThat(lab.run("run", "sweep.yaml", "--audit")).as(lab.err()).isZero();
        StoredRun run = stored("results/sweep");
        assertThat(run.trials())
                .hasSize(24)
                .extracting(
                        trial -> trial.workload() + " " + trial.host().mode().word() + " "
                                + trial.host().era().word() + " " + trial.seed() + " " + trial.policy())
                .doesNotHaveDuplicates()
                .startsWith(
                        "thrash direct linux-6.1 1 fifo",
                        "thrash direct linux-6.1 1 lru-moveup",
                        "thrash direct linux-6.1 2 fifo")
                .endsWith("fits tdpmmu linux-6.12 3 lru-moveup");
        assertThat(run.manifest().hosts()).hasSize(4);
        assertThat(lab.out())
                .contains("thrash at 64 shadow pages, tdpmmu, linux-6.12", "fits at 64 shadow pages, direct");
    }

    /** The random numbers of a trial depend on its seed, so all policies that are compared get the same. */
    @Test
    void seedsArePaired() {
        assertThat(lab.run("run", "sweep.yaml", "--quiet")).isZero();
        List<TrialResult> trials = stored("results/sweep").trials();
        for (int i = 0; i < trials.size(); i += 2) {
            TrialResult first = trials.get(i);
            TrialResult second = trials.get(i + 1);
            assertThat(first.policy()).isEqualTo("fifo");
            assertThat(second.policy()).isEqualTo("lru-moveup");
            assertThat(first.seed()).isEqualTo(second.seed());
            assertThat(first.workload()).isEqualTo(second.workload());
            assertThat(first.host()).isEqualTo(second.host());
        }
    }

    @Test
    void shardsMergeToTheBytesOfTheSingleRun() throws IOException {
        assertThat(lab.run("run", "sweep.yaml", "--jobs", "1", "--quiet")).isZero();
        for (int shard = 1; shard <= 5; shard++) {
            assertThat(lab.run("run", "sweep.yaml", "--jobs", "3", "--quiet", "--shard", shard + "/5"))
                    .isZero();
        }
        assertThat(lab.run(
                        "merge",
                        "results/sweep-2-of-5",
                        "results/sweep-1-of-5",
                        "results/sweep-5-of-5",
                        "results/sweep-4-of-5",
                        "results/sweep-3-of-5",
                        "--out",
                        "whole"))
                .as(lab.err())
                .isZero();
        assertSame("results/sweep", "whole");
    }

    @Test
    void anIncompleteMergeSaysWhatIsMissing() {
        assertThat(lab.run("run", "sweep.yaml", "--quiet", "--shard", "2/4")).isZero();
        assertThat(lab.run("merge", "results/sweep-2-of-4", "--out", "whole")).isEqualTo(2);
        assertThat(lab.err())
                .isEqualTo(
                        "There are no results of 18 of 24 trials (0, 2, 3, 4, 6, …): name the folders of all shards, and"
                                + " complete each of them with 'run --shard K/N --resume'.\n");
        assertThat(lab.run("run", "sweep.yaml", "--shard", "5/4")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo("--shard must be K/N, the part K from 1 to N of N, such as 2/3, not 5/4.\n");
    }

    /** Cuts both growing files at every kind of place, as an end at any moment can, and goes on. */
    @Test
    void anInterruptedRunIsCompletedToTheSameBytes() throws IOException {
        assertThat(lab.run("run", "sweep.yaml", "--quiet")).isZero();
        String trials = lab.read("results/sweep/trials.jsonl");
        String series = lab.read("results/sweep/series.jsonl");
        int third = end(trials, 3);
        int[][] cuts = {
            {0, 0},
            {0, 100},
            {third, end(series, 3)},
            {third, end(series, 4)},
            {third, end(series, 4) - 1},
            {third + 20, end(series, 4)},
            {third - 1, end(series, 3)},
            {trials.length(), series.length()},
        };
        for (int[] cut : cuts) {
            lab.file("cut/manifest.json", lab.read("results/sweep/manifest.json"));
            lab.file("cut/trials.jsonl", trials.substring(0, cut[0]));
            lab.file("cut/series.jsonl", series.substring(0, cut[1]));
            assertThat(lab.run("run", "sweep.yaml", "--quiet", "--resume", "--out", "cut"))
                    .as(lab.err())
                    .isZero();
            assertSame("results/sweep", "cut");
        }
    }

    @Test
    void aRunThatNeverBeganIsResumedAsANewOne() throws IOException {
        lab.file("new/manifest.json.part", "{\"format\"");
        assertThat(lab.run("run", "sweep.yaml", "--quiet", "--resume", "--out", "new"))
                .isZero();
        assertThat(lab.run("run", "sweep.yaml", "--quiet", "--resume", "--out", "newer"))
                .isZero();
        assertSame("new", "newer");
    }

    @Test
    void resultsOfAnotherExperimentAreNotContinued() {
        assertThat(lab.run("run", "sweep.yaml", "--quiet")).isZero();
        assertThat(lab.run("run", "sweep.yaml", "--resume", "--set", "backing=thp"))
                .isEqualTo(2);
        assertThat(lab.err())
                .contains("cannot be continued: they are of another experiment or version ('command' in manifest.json"
                        + " differs).");
        lab.file("results/sweep/trials.jsonl", "{\"trial\":\n{}\n");
        assertThat(lab.run("run", "sweep.yaml", "--resume")).isEqualTo(2);
        assertThat(lab.err()).contains("trials.jsonl, line 1 is damaged; no interruption does that.");
    }

    @Test
    void onlyFailedTrialsAreRunAgain() throws IOException {
        PolicyJars.of(folder.resolve("mine/throws.jar"), ThrowingProvider.class, ThrowingProvider.Throwing.class);
        String[] run = {"run", "sweep.yaml", "--policies", "mine", "--set", "policies.1=throws"};
        assertThat(lab.run(run)).isEqualTo(1);
        assertThat(lab.out()).contains("Failed: throws on thrash at 64 shadow pages");
        long failed = stored("results/sweep").trials().stream()
                .filter(trial -> !trial.ok())
                .count();
        assertThat(failed).isPositive();
        String before = lab.read("results/sweep/trials.jsonl");
        assertThat(lab.run(with(run, "--resume"))).isEqualTo(1);
        assertThat(lab.err()).isEmpty();
        assertThat(lab.run(with(run, "--retry-failed"))).isEqualTo(1);
        assertThat(lab.err().lines()).hasSize((int) failed).allMatch(line -> line.contains("throws: failed"));
        assertThat(lab.read("results/sweep/trials.jsonl")).isEqualTo(before);
        assertThat(lab.run(with(run, "--retry-failed", "--force"))).isEqualTo(2);
    }

    @Test
    void resultsAreExportedAsATable() throws IOException {
        assertThat(lab.run("run", "sweep.yaml", "--quiet", "--json")).isZero();
        assertThat(lab.out()).isEqualTo(lab.read("results/sweep/trials.jsonl"));
        assertThat(lab.run("export", "results/sweep")).isZero();
        List<String> rows = lab.out().lines().toList();
        assertThat(rows).hasSize(25);
        assertThat(rows.get(0))
                .startsWith("trial,mode,era,backing,workload,quota_setting,policy,seed,status,failure,faults,");
        assertThat(rows.get(1)).startsWith("0,direct,linux-6.1,4k,thrash,64,fifo,1,ok,,");
        assertThat(rows)
                .allMatch(row -> row.split(",", -1).length == rows.get(0).split(",", -1).length);
        String table = lab.out();
        assertThat(lab.run("export", "results/sweep", "--out", "tables/all.csv"))
                .isZero();
        assertThat(lab.read("tables/all.csv")).isEqualTo(table);
    }

    private static String[] with(String[] command, String... more) {
        return java.util.stream.Stream.of(command, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }

    /** Where the first {@code lines} lines of a text end. */
    private static int end(String text, int lines) {
        int at = 0;
        for (int i = 0; i < lines; i++) {
            at = text.indexOf('\n', at) + 1;
        }
        return at;
    }

    private StoredRun stored(String name) {
        return StoredRun.read(ResultFolder.open(folder.resolve(name)));
    }

    private void assertSame(String one, String other) throws IOException {
        for (String file : FILES) {
            assertThat(Files.mismatch(
                            folder.resolve(one).resolve(file),
                            folder.resolve(other).resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }
}
