package org.shadowmmu.lab.sql;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.ResultSql.Column;
import org.shadowmmu.lab.store.ResultSql.View;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;
import org.shadowmmu.lab.workload.TimeSeries;

/** The views of a run. What is counted is declared elsewhere: columns come from {@link Metric} and {@link TimeSeries}. */
final class ResultTables {
    private static final String INTEGER = "INTEGER";
    private static final String BIGINT = "BIGINT";
    private static final String TEXT = "VARCHAR";

    /** The parts of a time series that have a value per step. */
    private static final List<RecordComponent> COURSES = Arrays.stream(TimeSeries.class.getRecordComponents())
            .filter(component -> component.getType() == long[].class)
            .toList();

    /** All views, the most used first. */
    static final List<ResultTable> ALL =
            List.of(trials(), metrics(), series(), policies(), workloads(), counters(), decisions());

    private ResultTables() {}

    private static ResultTable trials() {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("trial", INTEGER),
                new Column("mode", TEXT),
                new Column("era", TEXT),
                new Column("backing", TEXT),
                new Column("workload", TEXT),
                new Column("quota_setting", TEXT),
                new Column("policy", TEXT),
                new Column("seed", BIGINT),
                new Column("status", TEXT),
                new Column("failure", TEXT)));
        for (Metric metric : Metric.values()) {
            columns.add(new Column(metric.key(), BIGINT));
        }
        return table(
                "trials",
                "a trial: what it was, how it ended, every figure",
                columns,
                run -> run.trials().stream().map(ResultTables::trial));
    }

    private static List<@Nullable Object> trial(TrialResult trial) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(trial.trial());
        row.add(trial.host().mode().word());
        row.add(trial.host().era().word());
        row.add(trial.host().backing().word());
        row.add(trial.workload());
        row.add(trial.quota());
        row.add(trial.policy());
        row.add(trial.seed());
        row.add(trial.status().word());
        row.add(trial.failure());
        for (Metric metric : Metric.values()) {
            row.add(trial.metrics().get(metric));
        }
        return row;
    }

    private static ResultTable metrics() {
        return table(
                "metrics",
                "one figure of one trial",
                List.of(
                        new Column("trial", INTEGER),
                        new Column("metric", TEXT),
                        new Column("unit", TEXT),
                        new Column("better", TEXT),
                        new Column("value", BIGINT)),
                run -> run.trials().stream()
                        .flatMap(trial -> trial.metrics().entrySet().stream()
                                .map(figure -> row(
                                        trial.trial(),
                                        figure.getKey().key(),
                                        figure.getKey().unit(),
                                        figure.getKey().better().name().toLowerCase(Locale.ROOT),
                                        figure.getValue()))));
    }

    private static ResultTable series() {
        List<Column> columns = new ArrayList<>(
                List.of(new Column("trial", INTEGER), new Column("step", INTEGER), new Column("clock", BIGINT)));
        for (RecordComponent course : COURSES) {
            columns.add(new Column(snakeCase(course.getName()), BIGINT));
        }
        return table(
                "series",
                "one step of the time series of one trial; it ends at this reading of the workload's 'clock', and step 0 is the start",
                columns,
                run -> run.series().entrySet().stream().flatMap(one -> steps(one.getKey(), one.getValue())));
    }

    private static Stream<List<@Nullable Object>> steps(int trial, TimeSeries series) {
        List<long[]> courses =
                COURSES.stream().map(course -> valuesOf(course, series)).toList();
        return IntStream.range(0, series.points()).mapToObj(step -> {
            List<@Nullable Object> row = row(trial, step, step * series.interval());
            courses.forEach(values -> row.add(values[step]));
            return row;
        });
    }

    private static long[] valuesOf(RecordComponent course, TimeSeries series) {
        try {
            return (long[]) course.getAccessor().invoke(series);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a time series hides its " + course.getName(), e);
        }
    }

    private static ResultTable policies() {
        return table(
                "policies",
                "a policy of the experiment, or a part of a mix",
                List.of(
                        new Column("policy", TEXT),
                        new Column("reference", "BOOLEAN"),
                        new Column("id", TEXT),
                        new Column("decisions", TEXT),
                        new Column("parameters", TEXT),
                        new Column("api", TEXT),
                        new Column("jar", TEXT),
                        new Column("version", TEXT),
                        new Column("sha256", TEXT)),
                run -> run.manifest().policies().stream()
                        .flatMap(policy -> policy.parts().stream()
                                .map(part -> part(
                                        policy.label(),
                                        policy == run.manifest().policies().get(0),
                                        part))));
    }

    private static List<@Nullable Object> part(String label, boolean reference, Manifest.Part part) {
        return row(
                label,
                reference,
                part.id(),
                String.join(", ", part.decisions()),
                part.parameters().entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(", ")),
                part.api(),
                part.jar(),
                part.version(),
                part.sha256());
    }

    private static ResultTable workloads() {
        return table(
                "workloads",
                "a workload of the experiment",
                List.of(
                        new Column("workload", TEXT),
                        new Column("kind", TEXT),
                        new Column("family", TEXT),
                        new Column("file", TEXT),
                        new Column("sha256", TEXT),
                        new Column("description", TEXT),
                        new Column("kernel", TEXT),
                        new Column("vcpus", INTEGER),
                        new Column("length", BIGINT),
                        new Column("accesses", BIGINT),
                        new Column("slot_changes", BIGINT)),
                run -> run.manifest().workloads().stream()
                        .map(workload -> row(
                                workload.name(),
                                workload.kind().word(),
                                workload.family(),
                                workload.file(),
                                workload.sha256(),
                                workload.description(),
                                workload.kernel(),
                                workload.vcpus(),
                                workload.length(),
                                workload.accesses(),
                                workload.slotChanges())));
    }

    private static ResultTable counters() {
        return table(
                "counters",
                "one of the kernel's statistics at the end of one trial",
                List.of(new Column("trial", INTEGER), new Column("counter", TEXT), new Column("value", BIGINT)),
                run -> run.trials().stream()
                        .flatMap(trial -> trial.counters().entrySet().stream()
                                .map(counter -> row(trial.trial(), counter.getKey(), counter.getValue()))));
    }

    private static ResultTable decisions() {
        return table(
                "decisions",
                "how often one decision was asked for in one trial, and the id of the policy that answered",
                List.of(
                        new Column("trial", INTEGER),
                        new Column("decision", TEXT),
                        new Column("id", TEXT),
                        new Column("asked", BIGINT)),
                run -> run.trials().stream()
                        .flatMap(trial -> trial.decisions().stream()
                                .map(use -> row(trial.trial(), use.decision(), use.policy(), use.asked()))));
    }

    private static ResultTable table(
            String name,
            String row,
            List<Column> columns,
            java.util.function.Function<StoredRun, Stream<List<@Nullable Object>>> rows) {
        return new ResultTable(new View(name, row, List.copyOf(columns)), rows);
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return new ArrayList<>(Arrays.asList(values));
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
