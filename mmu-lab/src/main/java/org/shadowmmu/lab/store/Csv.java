package org.shadowmmu.lab.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;

/** A run as a table of comma-separated values (RFC 4180, but with line feeds): one row per trial. */
public final class Csv {
    private Csv() {}

    /** The table, with a row of column names first: what the trial was, how it ended, every figure, every statistic. */
    public static String of(StoredRun run) {
        TreeSet<String> counters = new TreeSet<>();
        run.trials().forEach(trial -> counters.addAll(trial.counters().keySet()));
        List<String> names = new ArrayList<>(identity(null).keySet());
        for (Metric metric : Metric.values()) {
            names.add(metric.key());
        }
        counters.forEach(counter -> names.add("stat_" + counter));
        StringBuilder text = new StringBuilder(row(names));
        for (TrialResult trial : run.trials()) {
            List<String> cells = new ArrayList<>(identity(trial).values());
            for (Metric metric : Metric.values()) {
                cells.add(number(trial.metrics().get(metric)));
            }
            counters.forEach(counter -> cells.add(number(trial.counters().get(counter))));
            text.append(row(cells));
        }
        return text.toString();
    }

    private static Map<String, String> identity(@org.jspecify.annotations.Nullable TrialResult trial) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("trial", trial == null ? "" : Integer.toString(trial.trial()));
        columns.put("mode", trial == null ? "" : trial.host().mode().word());
        columns.put("era", trial == null ? "" : trial.host().era().word());
        columns.put("backing", trial == null ? "" : trial.host().backing().word());
        columns.put("workload", trial == null ? "" : trial.workload());
        columns.put("quota_setting", trial == null ? "" : trial.quota());
        columns.put("policy", trial == null ? "" : trial.policy());
        columns.put("seed", trial == null ? "" : Long.toString(trial.seed()));
        columns.put("status", trial == null ? "" : trial.status().word());
        columns.put("failure", trial == null || trial.failure() == null ? "" : trial.failure());
        return columns;
    }

    private static String number(@org.jspecify.annotations.Nullable Long value) {
        return value == null ? "" : value.toString();
    }

    /** One row, ended. */
    public static String row(List<String> cells) {
        StringJoiner row = new StringJoiner(",", "", "\n");
        for (String cell : cells) {
            boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            row.add(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        return row.toString();
    }
}
