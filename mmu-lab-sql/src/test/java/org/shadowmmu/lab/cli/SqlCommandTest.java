package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.store.Csv;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.TimeSeries;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code sql} and {@code export --format parquet} on a run of small streams, against what its files say. */
class SqlCommandTest {
    private static final String VIEWS = "trials metrics series policies workloads counters decisions";

    @TempDir
    private Path folder;

    private Lab lab;
    private StoredRun run;

    /** Eight trials that end well and four that fail. */
    @BeforeEach
    void results() {
        lab = new Lab(folder);
        PolicyJars.of(folder.resolve("policies/throws.jar"), ThrowingProvider.class, ThrowingProvider.Throwing.class);
        lab.file(
                "small.yaml",
                "{name: small, policies: [fifo, lru-moveup, throws], workloads: [thrash, fits], quotas: [default, 64]}");
        lab.run("run", "small.yaml", "--quiet");
        run = StoredRun.read(ResultFolder.open(folder.resolve("results/small")));
        assertThat(run.trials()).hasSize(12).anyMatch(trial -> !trial.ok());
    }

    /** The rows of a view are the file's, whichever way they are taken out. */
    @Test
    void trialsAreTheRowsOfTheCsv() {
        assertThat(lab.run("sql", "results/small", "--csv", "select * from trials"))
                .isZero();
        String[] asked = lab.out().split("\n");
        String[] stored = Csv.of(run).split("\n");
        int columns = asked[0].split(",").length;
        assertThat(asked).hasSameSizeAs(stored);
        for (int i = 0; i < asked.length; i++) {
            assertThat(asked[i].split(",", -1)).isEqualTo(Arrays.copyOf(stored[i].split(",", -1), columns));
        }
        assertThat(asked).anyMatch(line -> line.contains(",failed,"));
    }

    @Test
    void metricsCountersAndDecisionsAreThoseOfTheTrials() {
        for (TrialResult trial : run.trials().subList(3, 6)) {
            for (Map.Entry<Metric, Long> figure : trial.metrics().entrySet()) {
                JsonNode row = one("from metrics where trial = " + trial.trial() + " and metric = '"
                        + figure.getKey().key() + "'");
                assertThat(row.path("value").asLong()).isEqualTo(figure.getValue());
                assertThat(row.path("unit").asString())
                        .isEqualTo(figure.getKey().unit());
            }
            if (trial.ok()) {
                assertThat(one("select count(*) as n, sum(value) as total from counters where trial = " + trial.trial())
                                .path("total")
                                .asLong())
                        .isEqualTo(trial.counters().values().stream()
                                .mapToLong(Long::longValue)
                                .sum());
                assertThat(one("select sum(asked) as total from decisions where trial = " + trial.trial())
                                .path("total")
                                .asLong())
                        .isEqualTo(trial.decisions().stream()
                                .mapToLong(TrialResult.DecisionUse::asked)
                                .sum());
            }
        }
        long failed = run.trials().stream().filter(trial -> !trial.ok()).count();
        assertThat(
                        one("select count(*) as n from trials where status = 'failed' and faults is null and failure like '%throws%'")
                                .path("n")
                                .asLong())
                .isEqualTo(failed);
    }

    @Test
    void seriesAreThoseOfTheTrials() {
        assertThat(one("select count(*) as n from series").path("n").asInt())
                .isEqualTo(run.series().values().stream()
                        .mapToInt(TimeSeries::points)
                        .sum());
        int trial = run.series().keySet().iterator().next();
        TimeSeries series = run.series().get(trial);
        for (int step : new int[] {0, 1, series.points() - 1}) {
            JsonNode row = one("from series where trial = " + trial + " and step = " + step);
            assertThat(row.path("clock").asLong()).isEqualTo(step * series.interval());
            assertThat(row.path("mapped_mean").asLong()).isEqualTo(series.mappedMean()[step]);
            assertThat(row.path("referenced_max").asLong()).isEqualTo(series.referencedMax()[step]);
            assertThat(row.path("used").asLong()).isEqualTo(series.used()[step]);
            assertThat(row.path("faults").asLong()).isEqualTo(series.faults()[step]);
            assertThat(row.path("reclaimed").asLong()).isEqualTo(series.reclaimed()[step]);
        }
    }

    @Test
    void policiesAndWorkloadsAreThoseOfTheManifest() {
        JsonNode lru = one("from policies where policy = 'lru-moveup'");
        assertThat(lru.path("sha256").asString())
                .isEqualTo(run.manifest().policies().get(1).parts().get(0).sha256());
        assertThat(lru.path("reference").isBoolean()).isTrue();
        assertThat(lru.path("reference").asBoolean()).isFalse();
        assertThat(lru.path("parameters").asString()).contains("on=mapping");
        assertThat(one("from policies where reference").path("policy").asString())
                .isEqualTo("fifo");
        assertThat(one("select sum(accesses) as n from workloads").path("n").asLong())
                .isEqualTo(run.manifest().workloads().get(0).accesses()
                        + run.manifest().workloads().get(1).accesses());
    }

    @Test
    void columnsHaveTypes() {
        assertThat(lab.run("sql", "results/small")).isZero();
        assertThat(lab.out().lines())
                .contains("  view       column                 type")
                .contains("  trials     faults                 BIGINT", "  policies   reference              BOOLEAN");
        for (String view : VIEWS.split(" ")) {
            assertThat(lab.run("sql", "results/small", "--json", "describe " + view))
                    .isZero();
            assertThat(lab.out()).contains("\"column_type\":").doesNotContain("\"DOUBLE\"", "\"JSON\"");
            if (view.equals("trials")) {
                assertThat(lab.out()).contains("\"column_name\":\"faults\",\"column_type\":\"BIGINT\"");
            }
        }
    }

    @Test
    void tablesAreAlignedAndNumbersStandToTheRight() {
        assertThat(lab.run(
                        "sql",
                        "results/small",
                        "select 'a' as word, 7 as n, null as none union all select 'long', 12345, null"))
                .isZero();
        assertThat(lab.out()).isEqualTo("  word      n  none\n  a         7\n  long  12345\n");
    }

    /** The database's own sentence, with the place it means, and no trace. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "selec 1 > Parser Error: syntax error at or near \"selec\"",
                "select fault from trials > Binder Error: Referenced column \"fault\" not found in FROM clause!",
                "from trails > Catalog Error: Table with name trails does not exist!",
                "from 'https://example.invalid/x.parquet' > extension"
            })
    void badSqlIsTheDatabasesSentence(String pair) {
        String[] parts = pair.split(" > ", 2);
        assertThat(lab.run("sql", "results/small", parts[0])).isEqualTo(2);
        assertThat(lab.err()).contains(parts[1]).doesNotContain("\tat ", "SQLException");
        assertThat(lab.out()).isEmpty();
    }

    @Test
    void whatIsNoResultFolderIsBadInput() {
        assertThat(lab.run("sql", "nowhere", "select 1")).isEqualTo(2);
        assertThat(lab.err()).endsWith("nowhere is no result folder: it has no manifest.json.\n");
        assertThat(lab.run("sql", "results/small", "select 1", "--csv", "--json"))
                .isEqualTo(2);
    }

    @Test
    void parquetFilesHoldTheViewsAndAreTheSameEachTime() throws IOException {
        for (String out : new String[] {"it's one", "two"}) {
            assertThat(lab.run("export", "results/small", "--format", "parquet", "--out", out))
                    .as(lab.err())
                    .isZero();
        }
        String written = lab.out();
        for (String view : VIEWS.split(" ")) {
            Path one = folder.resolve("it's one").resolve(view + ".parquet");
            assertThat(Files.mismatch(one, folder.resolve("two").resolve(view + ".parquet")))
                    .isEqualTo(-1);
            assertThat(written).contains("two/" + view + ".parquet\n");
            String file = "'" + folder.resolve("two").resolve(view + ".parquet") + "'";
            assertThat(one("select (select count(*) from (from " + view + " except all from " + file
                                    + ")) + (select count(*) from (from " + file + " except all from " + view
                                    + ")) as differences, (select count(*) from " + file + ") as n")
                            .toString())
                    .matches("\\{\"differences\":0,\"n\":[1-9]\\d*}");
        }
    }

    @Test
    void parquetNeedsAFolderOfItsOwn() {
        assertThat(lab.run("export", "results/small", "--format", "parquet")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo("Parquet files need a folder; name one with --out.\n");
        assertThat(lab.run("export", "results/small", "--format", "parquet", "--out", "results/small/parquet"))
                .isEqualTo(2);
        assertThat(lab.err()).isEqualTo("A result folder holds results only; name another folder with --out.\n");
        assertThat(lab.run("export", "results/small", "--format", "parquet", "--out", "small.yaml"))
                .isEqualTo(2);
        assertThat(lab.err()).startsWith("The Parquet files cannot be written to ");
    }

    @Test
    void theFolderIsNeverModified() {
        Map<String, String> before = content();
        lab.run("sql", "results/small", "update trials set faults = 0");
        lab.run("sql", "results/small", "drop table series");
        lab.run("sql", "results/small");
        lab.run("export", "results/small", "--format", "parquet", "--out", "p");
        assertThat(content()).isEqualTo(before);
        assertThat(one("select sum(faults) as n from trials").path("n").asLong())
                .isPositive();
    }

    private JsonNode one(String query) {
        assertThat(lab.run("sql", "results/small", "--json", query))
                .as(lab.err())
                .isZero();
        assertThat(lab.out().lines()).hasSize(1);
        return JsonMapper.shared().readTree(lab.out());
    }

    private Map<String, String> content() {
        try (Stream<Path> files = Files.list(folder.resolve("results/small"))) {
            Map<String, String> content = new TreeMap<>();
            for (Path file : files.toList()) {
                content.put(
                        file.getFileName().toString(), Files.getLastModifiedTime(file) + " " + Files.readString(file));
            }
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
