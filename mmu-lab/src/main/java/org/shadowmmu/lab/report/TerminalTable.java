package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;

/** The comparison as text: one small table per workload and quota, at most 80 columns wide where names are short. */
public final class TerminalTable {
    private static final List<Metric> COLUMNS =
            List.of(Metric.FAULTS, Metric.REPEATED_FAULTS, Metric.RECLAIMED, Metric.ZAPPED, Metric.MMU_TIME);

    private TerminalTable() {}

    /** The tables, and under them what came out and what to beware of. */
    public static String of(StoredRun run) {
        List<Comparison> comparisons = Comparison.of(run);
        Findings findings = new Findings(run.manifest(), comparisons);
        Warnings warnings = new Warnings(run.manifest(), comparisons);
        StringBuilder text = new StringBuilder();
        for (Comparison comparison : comparisons) {
            text.append(comparison.place())
                    .append('\n')
                    .append(table(comparison))
                    .append('\n');
        }
        text.append(findings.headline()).append('\n');
        for (String failure : warnings.failures()) {
            text.append("Failed: ").append(failure).append('\n');
        }
        warnings.missing().forEach(sentence -> text.append(sentence).append('\n'));
        return text.toString();
    }

    private static String table(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of("policy"));
        for (Metric metric : COLUMNS) {
            heading.add(metric.title());
            if (metric == Metric.FAULTS) {
                heading.add(
                        comparison.policies().isEmpty()
                                ? ""
                                : "vs " + comparison.policies().get(0).label());
            }
        }
        rows.add(heading);
        for (PolicyFigures figures : comparison.policies()) {
            List<String> row = new ArrayList<>(List.of(figures.label()));
            for (Metric metric : COLUMNS) {
                row.add(figures.ok() ? figures.text(metric) : metric == Metric.FAULTS ? "failed" : "");
                if (metric == Metric.FAULTS) {
                    row.add(difference(comparison, figures, metric));
                }
            }
            rows.add(row);
        }
        return layOut(rows);
    }

    private static String difference(Comparison comparison, PolicyFigures figures, Metric metric) {
        return comparison
                .reference()
                .filter(reference -> reference != figures && figures.ok())
                .map(reference -> Numbers.difference(figures.value(metric), reference.value(metric)))
                .orElse("");
    }

    /** Rows as aligned columns, the first to the left, the others to the right. */
    static String layOut(List<List<String>> rows) {
        boolean[] right = new boolean[rows.get(0).size()];
        Arrays.fill(right, 1, right.length, true);
        return TextTable.of(rows, right);
    }
}
