package org.shadowmmu.lab.report;

import java.util.Map;
import java.util.TreeMap;
import org.shadowmmu.lab.ab.AbResult;

/** The charts of a comparison as SVG files of their own, for papers and web pages. */
public final class AbFigures {
    private AbFigures() {}

    /** File names and contents, sorted by name. */
    public static Map<String, String> of(AbResult result) {
        Map<String, String> files = new TreeMap<>();
        String against = "compared with " + result.policies().get(0).label();
        AbPlots.intervals(result, LineChart.Size.WIDE)
                .ifPresent(
                        plot -> files.put("intervals.svg", plot.file("Page faults " + against + ", 95 % intervals")));
        for (AbResult.StreamFacts stream : result.streams()) {
            AbPlots.curve(result, stream.name(), LineChart.Size.WIDE)
                    .ifPresent(plot -> files.put(
                            stream.name() + "-curve.svg",
                            plot.file("Page faults against the quota: " + stream.name())));
        }
        for (AbResult.Place place : result.places()) {
            AbPlots.stretches(result, place, LineChart.Size.WIDE)
                    .ifPresent(plot -> files.put(
                            place.stream() + "-" + place.quota() + "-stretches.svg",
                            plot.file("Page faults by stretch: " + AbWords.where(place))));
        }
        return files;
    }
}
