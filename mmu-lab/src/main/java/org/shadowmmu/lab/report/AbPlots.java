package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.shadowmmu.lab.ab.AbResult;
import org.shadowmmu.lab.statistics.Answer;
import org.shadowmmu.lab.store.Metric;

/** The charts of a comparison. */
final class AbPlots {
    private static final int FORESIGHT = 7;

    private AbPlots() {}

    /** The change of page faults at every place; nothing where both policies never faulted. */
    static Optional<Plot> intervals(AbResult result, LineChart.Size size) {
        List<IntervalPlot.Row> rows = new ArrayList<>();
        for (AbResult.Place place : result.places()) {
            for (int i = 0; i < place.comparisons().size(); i++) {
                AbResult.Comparison comparison = place.comparisons().get(i);
                Answer faults = comparison.faults();
                if (Double.isFinite(faults.change())
                        && Double.isFinite(faults.interval().high())) {
                    rows.add(new IntervalPlot.Row(
                            place.stream() + ", " + shortQuota(place),
                            comparison.label(),
                            colour(result, comparison.label()),
                            faults.interval().low(),
                            faults.change(),
                            faults.interval().high()));
                }
            }
        }
        List<Plot.Key> keys = new ArrayList<>();
        for (int i = 1; i < result.policies().size(); i++) {
            keys.add(new Plot.Key(result.policies().get(i).label(), i % Palette.SIZE));
        }
        return rows.isEmpty() ? Optional.empty() : Optional.of(new IntervalPlot(rows, keys, result.smallest(), size));
    }

    /** Page faults of the whole stream against the quota, a default that does not bind left out; nothing below three quotas. */
    static Optional<Plot> curve(AbResult result, String stream, LineChart.Size size) {
        List<AbResult.Place> places = result.places().stream()
                .filter(place -> place.stream().equals(stream) && place.pages() > 0)
                .filter(place -> !place.quota().equals("default") || place.reclaimed())
                .sorted(java.util.Comparator.comparingLong(AbResult.Place::pages))
                .toList();
        if (places.stream().mapToLong(AbResult.Place::pages).distinct().count() < 3) {
            return Optional.empty();
        }
        double[] quotas = places.stream().mapToDouble(AbResult.Place::pages).toArray();
        List<CurvePlot.Line> lines = new ArrayList<>();
        for (int i = 0; i < result.policies().size(); i++) {
            int policy = i;
            if (places.stream().allMatch(place -> place.runs().get(policy).failure() == null)) {
                lines.add(new CurvePlot.Line(
                        result.policies().get(i).label(),
                        i % Palette.SIZE,
                        quotas,
                        places.stream()
                                .mapToDouble(place -> place.runs().get(policy).totalOf(Metric.FAULTS))
                                .toArray()));
            }
        }
        double[] foreseen = places.stream()
                .map(AbResult.Place::foresight)
                .filter(run -> run != null && run.failure() == null)
                .mapToDouble(run -> run == null ? 0 : run.totalOf(Metric.FAULTS))
                .toArray();
        if (foreseen.length == quotas.length) {
            lines.add(new CurvePlot.Line("foresight", FORESIGHT, quotas, foreseen));
        }
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new CurvePlot(
                        lines,
                        "shadow pages allowed",
                        "%,.0f shadow pages",
                        "page faults, whole stream (powers of ten)",
                        true,
                        size));
    }

    /** Page faults of each stretch. */
    static Optional<Plot> stretches(AbResult result, AbResult.Place place, LineChart.Size size) {
        List<CurvePlot.Line> lines = new ArrayList<>();
        for (int i = 0; i < place.runs().size(); i++) {
            double[] faults = place.runs().get(i).stretches().get(Metric.FAULTS);
            if (faults != null) {
                double[] numbers = new double[faults.length];
                java.util.Arrays.setAll(numbers, n -> n + 1);
                lines.add(new CurvePlot.Line(place.runs().get(i).label(), i % Palette.SIZE, numbers, faults));
            }
        }
        String word = result.seeded(place) ? "seed" : "stretch";
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new CurvePlot(
                        lines,
                        word,
                        word + " %.0f",
                        "page faults in each of " + result.trials() + (result.seeded(place) ? " seeds" : " stretches"),
                        false,
                        size));
    }

    /** A quota in few words. */
    static String shortQuota(AbResult.Place place) {
        return switch (place.quota()) {
            case "default" -> "default quota";
            case "binding" -> "just binding (" + Numbers.plain(place.pages()) + ")";
            default -> Numbers.plain(place.pages()) + " pages";
        };
    }

    private static int colour(AbResult result, String label) {
        for (int i = 0; i < result.policies().size(); i++) {
            if (result.policies().get(i).label().equals(label)) {
                return i % Palette.SIZE;
            }
        }
        return 0;
    }
}
