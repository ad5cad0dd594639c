package org.shadowmmu.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.workload.TimeSeries;

class ResultFolderTest {
    private static final Manifest MANIFEST = new Manifest(
            Manifest.FORMAT,
            "1",
            "0.1",
            "shadowmmu run x.yaml",
            "x",
            "",
            List.of(new Manifest.Policy(
                    "p",
                    List.of(new Manifest.Part(
                            "p", "s", List.of("reclaim-order"), Map.of("a", "1"), "0.1", "p.jar", "", "ab")))),
            List.of(new Manifest.Workload(
                    "w",
                    Manifest.Kind.SYNTHETIC,
                    "w.gpas.gz",
                    "cd",
                    "d",
                    "6.1",
                    "zipf",
                    Map.of("exponent", "0.99"),
                    1,
                    100,
                    new Manifest.Region(7, 90),
                    10,
                    2,
                    Map.of("ram", 5L),
                    List.of(new Manifest.Marker(1, 50)))),
            List.of("default"),
            List.of(Host.DEFAULT),
            List.of(1L),
            400,
            2);

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBack() {
        ResultFolder results = ResultFolder.create(folder.resolve("r"), false);
        results.write(ResultFolder.MANIFEST, Json.pretty(MANIFEST));
        TimeSeries series = new TimeSeries(
                5,
                new long[] {0, 2},
                new long[2],
                new long[2],
                new long[2],
                new long[2],
                new long[2],
                new long[2],
                new long[2],
                new long[2],
                new long[2]);
        try (TrialLog log = new TrialLog(results)) {
            log.append(ok(0), series);
            log.append(failed(1), null);
        }
        results.close();
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("r")));
        assertThat(run.manifest()).isEqualTo(MANIFEST);
        assertThat(run.trials()).containsExactly(ok(0), failed(1));
        assertThat(run.series()).containsOnlyKeys(0);
        assertThat(run.seriesOf(run.trials().get(0)).mappedMean()).containsExactly(0, 2);
        assertThat(run.seriesOf(run.trials().get(1))).isNull();
    }

    /** The form of the files is a contract: keys in the order of their declaration, one line per trial. */
    @Test
    void aTrialIsOneLine() throws IOException {
        ResultFolder results = ResultFolder.create(folder, false);
        try (TrialLog log = new TrialLog(results)) {
            log.append(ok(0), null);
            log.append(failed(1), null);
        }
        assertThat(Files.readString(results.file(ResultFolder.TRIALS))).isEqualTo("""
                        {"trial":0,"host":{"mode":"direct","era":"linux-6.1","backing":"4k"},"workload":"w","quota":"default","policy":"p","seed":1,"status":"ok",\
                        "metrics":{"faults":7},"counters":{"pf_taken":7},\
                        "decisions":[{"decision":"reclaim-order","policy":"p","asked":3}]}
                        {"trial":1,"host":{"mode":"direct","era":"linux-6.1","backing":"4k"},"workload":"w","quota":"default","policy":"p","seed":1,"status":"failed",\
                        "failure":"It broke.","metrics":{},"counters":{},"decisions":[]}
                        """);
    }

    @Test
    void linesAreAppendedToWhatIsThere() {
        ResultFolder results = ResultFolder.create(folder, false);
        for (int i = 0; i < 3; i++) {
            try (TrialLog log = new TrialLog(results)) {
                log.append(ok(i), null);
            }
        }
        assertThat(results.file(ResultFolder.TRIALS)).content().hasLineCount(3);
    }

    @Test
    void aFolderThatIsNotEmptyIsKept() throws IOException {
        Files.writeString(folder.resolve("other.txt"), "x");
        assertThatThrownBy(() -> ResultFolder.create(folder, false))
                .isInstanceOf(BadInputException.class)
                .hasMessage("The result folder " + folder
                        + " is not empty; name another with --out, or add --force to replace the results in it.");
    }

    @Test
    void replacingTakesResultsAwayAndNothingElse() throws IOException {
        for (String file : List.of("other.txt", ResultFolder.TRIALS, ResultFolder.REPORT)) {
            Files.writeString(folder.resolve(file), "x");
        }
        ResultFolder.create(folder, true);
        assertThat(folder).isDirectoryContaining(path -> path.endsWith("other.txt"));
        assertThat(folder.resolve(ResultFolder.TRIALS)).doesNotExist();
        assertThat(folder.resolve(ResultFolder.REPORT)).doesNotExist();
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "x");
        assertThatThrownBy(() -> ResultFolder.create(file, true))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + " is a file; name a folder for the results with --out.");
        assertThatThrownBy(() -> ResultFolder.create(file, false))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + " is a file; name a folder for the results with --out.");
    }

    @Test
    void damagedResultsAreASentence() throws IOException {
        Files.writeString(folder.resolve(ResultFolder.MANIFEST), Json.pretty(MANIFEST));
        Files.writeString(folder.resolve(ResultFolder.TRIALS), "{\"trial\":");
        assertThatThrownBy(() -> StoredRun.read(ResultFolder.open(folder)))
                .isInstanceOf(BadInputException.class)
                .hasMessage("The results in " + folder + " cannot be read: trials.jsonl is missing or damaged.");
    }

    @Test
    void resultsOfAFormatToComeAreASentence() throws IOException {
        Files.writeString(
                folder.resolve(ResultFolder.MANIFEST),
                Json.pretty(MANIFEST).replace(Manifest.FORMAT, "shadowmmu-results 9"));
        assertThatThrownBy(() -> StoredRun.read(ResultFolder.open(folder)))
                .isInstanceOf(BadInputException.class)
                .hasMessage("The results in " + folder
                        + " have the format 'shadowmmu-results 9'; this version reads shadowmmu-results 1 and"
                        + " shadowmmu-results 2.");
    }

    @Test
    void everyMetricIsDescribed() {
        assertThat(Metric.values()).allSatisfy(metric -> {
            assertThat(metric.key()).matches("[a-z_]+");
            assertThat(metric.meaning()).isNotBlank();
            assertThat(Metric.of(metric.key())).isSameAs(metric);
        });
    }

    private static TrialResult ok(int trial) {
        return new TrialResult(
                trial,
                Host.DEFAULT,
                "w",
                "default",
                "p",
                1,
                TrialResult.Status.OK,
                null,
                Map.of(Metric.FAULTS, 7L),
                new TreeMap<>(Map.of("pf_taken", 7L)),
                List.of(new TrialResult.DecisionUse("reclaim-order", "p", 3)));
    }

    private static TrialResult failed(int trial) {
        return new TrialResult(
                trial,
                Host.DEFAULT,
                "w",
                "default",
                "p",
                1,
                TrialResult.Status.FAILED,
                "It broke.",
                Map.of(),
                new TreeMap<>(),
                List.of());
    }
}
