package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamBytes;

/** The whole way from an experiment file to a report, with the real engine and real policy jars. */
class RunCommandTest {
    private static final String EXPERIMENT = """
            name: small
            description: A small one.
            policies: [fifo, lru-moveup, leaf-first, tdp-childzap]
            workloads: [thrash, fits]
            quotas: [default, 64]
            """;

    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
        lab.file("small.yaml", EXPERIMENT);
    }

    @Test
    void everyTrialIsStoredAndReported() {
        assertThat(lab.run("run", "small.yaml")).as(lab.err()).isZero();
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/small")));
        assertThat(run.manifest().command()).isEqualTo("shadowmmu run small.yaml");
        assertThat(run.manifest().policies())
                .extracting("label")
                .containsExactly("fifo", "lru-moveup", "leaf-first", "tdp-childzap");
        assertThat(run.manifest().policies())
                .allSatisfy(policy -> assertThat(policy.parts().get(0).sha256()).hasSize(64));
        assertThat(run.manifest().workloads()).extracting("name").containsExactly("thrash", "fits");
        assertThat(run.trials()).hasSize(16).extracting("trial").containsExactly(numbersTo(16));
        assertThat(run.trials().subList(4, 8))
                .extracting(trial -> trial.workload() + " " + trial.quota() + " " + trial.policy())
                .containsExactly(
                        "thrash 64 fifo", "thrash 64 lru-moveup", "thrash 64 leaf-first", "thrash 64 tdp-childzap");
        assertThat(run.series()).hasSize(16);
        assertThat(lab.out())
                .contains("thrash at 64 shadow pages", "policy", "vs fifo", "lru-moveup")
                .endsWith("Report: " + folder.resolve("results/small/report.html") + "\n");
        assertThat(lab.err())
                .contains("[1/16] thrash, quota default, fifo: ", "[16/16] fits, quota 64, tdp-childzap: ");
        assertThat(lab.read("results/small/volatile.json")).contains("\"jobs\"", "\"java\"", "2026-01-01T00:00:00Z");
    }

    /** S3.9: where the quota is never reached, the order of reclaim cannot matter. */
    @Test
    void withoutReclaimTheOrderOfReclaimDoesNotMatter() {
        assertThat(lab.run("run", "small.yaml")).isZero();
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/small")));
        TrialResult fifo = trial(run, "fits", "default", "fifo");
        assertThat(fifo.metric(Metric.RECLAIMED)).isZero();
        assertThat(fifo.metric(Metric.FAULTS)).isPositive();
        TrialResult lru = trial(run, "fits", "default", "lru-moveup");
        assertThat(counts(lru)).isEqualTo(counts(fifo));
        assertThat(lru.metric(Metric.MMU_TIME)).isGreaterThan(fifo.metric(Metric.MMU_TIME));
        assertThat(lab.read("results/small/report.html"))
                .contains("gave identical figures, but for MMU time: moves in a policy");
        assertThat(lru.counters()).isEqualTo(fifo.counters());
        TrialResult leafFirst = trial(run, "fits", "default", "leaf-first");
        assertThat(leafFirst.metric(Metric.FAULTS)).isLessThan(fifo.metric(Metric.FAULTS));
    }

    /** With favourites among 80 regions and room for about 57, use says more than age. */
    /** Moves in the policy's own queues take time, and nothing else. */
    private static Map<Metric, Long> counts(TrialResult trial) {
        Map<Metric, Long> counts = new EnumMap<>(trial.metrics());
        counts.remove(Metric.MMU_TIME);
        return counts;
    }

    @Test
    void underPressurePoliciesDiffer() {
        assertThat(lab.run("run", "small.yaml")).isZero();
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/small")));
        TrialResult fifo = trial(run, "thrash", "64", "fifo");
        TrialResult lru = trial(run, "thrash", "64", "lru-moveup");
        assertThat(fifo.metric(Metric.RECLAIMED)).isPositive();
        assertThat(lru.metric(Metric.FAULTS)).isLessThan(fifo.metric(Metric.FAULTS));
        assertThat(lru.metric(Metric.QUOTA)).isEqualTo(64);
        assertThat(lru.metric(Metric.PEAK_USED)).isLessThanOrEqualTo(64);
        assertThat(lru.decisions())
                .contains(new TrialResult.DecisionUse("reclaim-order", "lru-moveup", lru.metric(Metric.RECLAIMED)));
    }

    @Test
    void resultsDoNotDependOnTheNumberOfJobs() throws IOException {
        assertThat(lab.run("run", "small.yaml", "--jobs", "1", "--out", "one")).isZero();
        assertThat(lab.run("run", "small.yaml", "--jobs", "4", "--out", "four", "--quiet"))
                .isZero();
        for (String file : new String[] {"manifest.json", "trials.jsonl", "series.jsonl", "report.html"}) {
            assertThat(Files.mismatch(
                            folder.resolve("one").resolve(file),
                            folder.resolve("four").resolve(file)))
                    .as(file)
                    .isEqualTo(-1);
        }
    }

    @Test
    void quietSaysNothingOnStandardError() {
        assertThat(lab.run("run", "small.yaml", "--quiet")).isZero();
        assertThat(lab.err()).isEmpty();
        assertThat(lab.out()).contains("thrash at 64 shadow pages");
    }

    @Test
    void aFailingPolicyFailsItsTrialsOnly() {
        PolicyJars.of(folder.resolve("mine/throws.jar"), ThrowingProvider.class, ThrowingProvider.Throwing.class);
        lab.file("small.yaml", EXPERIMENT.replace("leaf-first", "throws"));
        assertThat(lab.run("run", "small.yaml", "--policies", "mine")).isEqualTo(1);
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/small")));
        assertThat(run.trials()).hasSize(16);
        assertThat(run.trials().stream().filter(trial -> !trial.ok()))
                .singleElement()
                .satisfies(trial -> {
                    assertThat(trial.policy()).isEqualTo("throws");
                    assertThat(trial.workload() + " " + trial.quota()).isEqualTo("thrash 64");
                    assertThat(trial.failure())
                            .startsWith(
                                    "Policy 'throws' of throws.jar threw IllegalStateException (no <idea>) in decision"
                                            + " reclaim-order");
                });
        assertThat(lab.out()).contains("failed", "Failed: throws on thrash at 64 shadow pages failed: Policy 'throws'");
        assertThat(lab.read("results/small/report.html"))
                .contains("Trials that failed", "(no &lt;idea&gt;)")
                .doesNotContain("<idea>");
        assertThat(run.manifest().command()).isEqualTo("shadowmmu run small.yaml --policies mine");
    }

    @Test
    void resultsAreReplacedOnlyWithForce() {
        assertThat(lab.run("run", "small.yaml")).isZero();
        lab.file("results/small/my-notes.txt", "keep me");
        assertThat(lab.run("run", "small.yaml")).isEqualTo(2);
        assertThat(lab.err())
                .isEqualTo("The result folder " + folder.resolve("results/small")
                        + " is not empty; name another with --out, or add --force to replace the results in it.\n");
        assertThat(lab.run("run", "small.yaml", "--force")).isZero();
        assertThat(lab.read("results/small/my-notes.txt")).isEqualTo("keep me");
        assertThat(lab.read("results/small/trials.jsonl").lines()).hasSize(16);
    }

    @Test
    void theReportCanBeWrittenAgain() {
        assertThat(lab.run("run", "small.yaml")).isZero();
        String first = lab.read("results/small/report.html");
        String table = lab.out();
        lab.file("results/small/report.html", "gone");
        assertThat(lab.run("report", "results/small", "--figures", "figures")).isZero();
        assertThat(lab.read("results/small/report.html")).isEqualTo(first);
        assertThat(lab.out()).isEqualTo(table);
        assertThat(lab.read("figures/thrash-64-referenced.svg"))
                .startsWith("<svg xmlns=")
                .contains("thrash at 64");
    }

    /** Results that were stored before the time of the MMU was counted. */
    @Test
    void olderResultsAreReadAndNotContinued() {
        assertThat(lab.run("run", "small.yaml", "--quiet")).isZero();
        lab.file(
                "results/small/manifest.json",
                lab.read("results/small/manifest.json").replace(Manifest.FORMAT, "shadowmmu-results 1"));
        lab.file(
                "results/small/trials.jsonl",
                lab.read("results/small/trials.jsonl").replaceAll("\"mmu_time_ns\":\\d+,", ""));
        String sentence = "These results are of an older format (shadowmmu-results 1), which has no MMU time; run the"
                + " experiment again to have it.";

        assertThat(lab.run("report", "results/small")).as(lab.err()).isZero();
        assertThat(lab.out()).contains("MMU time\n").contains("\u2013\n").contains(sentence);
        assertThat(lab.read("results/small/report.html")).contains(sentence).contains("<td class=\"n\">\u2013</td>");
        assertThat(lab.run("export", "results/small", "--out", "small.csv")).isZero();
        assertThat(lab.read("small.csv").lines().skip(1)).allMatch(row -> row.contains(",,"));
        assertThat(lab.run("run", "small.yaml", "--resume")).isEqualTo(2);
        assertThat(lab.err()).contains("'format' in manifest.json differs");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            fifo]           | fifoo]            | small.yaml, line 3: there is no policy 'fifoo'; there is fifo, leaf-first, lru-moveup, tdp-childzap; did you mean 'fifo'?
            workloads: [thrash, | workloads: [thrush, | small.yaml, line 4: there is no stream 'thrush'; did you mean 'thrash'?
            [thrash, fits]  | [a/b.gpas.gz]     | small.yaml, line 4: there is no file 'a/b.gpas.gz'.
            [thrash, fits]  | [fits, data/streams/fits.gpas.gz] | small.yaml, line 4: two workloads are called 'fits'; give one of them another 'name'.
            name: small     | nam: small        | small.yaml, line 1: unknown key 'nam'; did you mean 'name'?
            """)
    void badExperimentsEndWithCode2AndASentence(String find, String replace, String sentence) {
        lab.file(
                "small.yaml",
                EXPERIMENT
                        .replace("tdp-childzap]", "fifo]")
                        .replace("[fifo, ", "[")
                        .replace(find, replace));
        assertThat(lab.run("run", "small.yaml")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo(folder + "/" + sentence + "\n");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void badParametersNameTheirLine() {
        lab.file("small.yaml", """
                name: small
                policies:
                  - fifo
                  - id: lru-moveup
                    parameters:
                      on: never
                workloads: [fits]
                """);
        assertThat(lab.run("run", "small.yaml")).isEqualTo(2);
        assertThat(lab.err())
                .contains(
                        "small.yaml, line 6: parameter 'on' of policy 'lru-moveup' takes allocation, mapping or lookup, not"
                                + " 'never'.");
    }

    @Test
    void aStreamWithVirtualAddressesRunsUnderShadowPaging() {
        new StreamBytes("{\"format\": \"gpas\", \"version\": 1, \"gva\": true}")
                .slot(SlotChange.Operation.ADD, 0, 0, 1024, 0, "ram", 0)
                .window(0, 1000)
                .virtualAccess(EntryKind.READ, 16, 16)
                .virtualAccess(EntryKind.WRITE, 17, 17)
                .write(folder.resolve("data/streams/gva.gpas.gz"));
        lab.file("small.yaml", EXPERIMENT.replace("thrash, fits]", "gva]"));
        assertThat(lab.run("run", "small.yaml")).as(lab.err()).isZero();
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/small")));
        assertThat(run.trials())
                .hasSize(8)
                .allSatisfy(trial -> assertThat(trial.metrics())
                        .containsEntry(Metric.ACCESSES, 2L)
                        .containsEntry(Metric.FAULTS, 1L));
    }

    @Test
    void aDamagedStreamIsFoundBeforeAnythingRuns() {
        lab.file("data/streams/fits.gpas.gz", "nonsense");
        assertThat(lab.run("run", "small.yaml")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo("fits.gpas.gz is not a gzip file, so it is no recorded stream.\n");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none.yaml",
                "--jobs=0 small.yaml",
                "--policies=nowhere small.yaml",
                "--frobnicate small.yaml",
                ""
            })
    void badCommandLinesEndWithCode2(String arguments) {
        assertThat(lab.run(("run " + arguments).strip().split(" "))).isEqualTo(2);
        assertThat(lab.err()).isNotBlank().doesNotContain("\tat ");
    }

    private static TrialResult trial(StoredRun run, String workload, String quota, String policy) {
        return run.trials().stream()
                .filter(trial -> trial.workload().equals(workload)
                        && trial.quota().equals(quota)
                        && trial.policy().equals(policy))
                .findFirst()
                .orElseThrow();
    }

    private static Object[] numbersTo(int end) {
        Object[] numbers = new Object[end];
        for (int i = 0; i < end; i++) {
            numbers[i] = i;
        }
        return numbers;
    }
}
