package org.shadowmmu.lab.report;

import java.util.Map;
import java.util.TreeMap;
import org.shadowmmu.lab.store.StoredRun;

/** The charts of a run as SVG files of their own, for papers and web pages. */
public final class Figures {
    private Figures() {}

    /** File names and contents, sorted by name. */
    public static Map<String, String> of(StoredRun run) {
        Map<String, String> files = new TreeMap<>();
        for (Comparison comparison : Comparison.of(run)) {
            for (LineChart.Quantity quantity : LineChart.Quantity.values()) {
                LineChart chart = LineChart.of(quantity, comparison);
                if (!chart.lines().isEmpty()) {
                    String name = String.join(
                                    "-",
                                    comparison.workload().name(),
                                    comparison.quota(),
                                    comparison.host(),
                                    quantity.fileName())
                            .replaceAll("[^A-Za-z0-9.]+", "-");
                    String title = quantity.title() + ": " + comparison.place();
                    files.put(name + ".svg", new ChartSvg(chart, LineChart.Size.WIDE).file(title));
                }
            }
        }
        return files;
    }
}
