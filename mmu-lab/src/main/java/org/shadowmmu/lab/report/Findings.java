package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/** What came out, in sentences that follow from the figures alone. */
final class Findings {
    private final Manifest manifest;
    private final List<Comparison> comparisons;

    Findings(Manifest manifest, List<Comparison> comparisons) {
        this.manifest = manifest;
        this.comparisons = comparisons;
    }

    /** What was compared. */
    String subject() {
        List<String> quotas =
                manifest.quotas().stream().map(Comparison::quotaText).toList();
        List<String> workloads =
                manifest.workloads().stream().map(Manifest.Workload::name).toList();
        String kind = kind();
        int count = rivals().size() + 1;
        return Numbers.capital(Numbers.word(count)) + (count == 1 ? " policy" : " policies") + " on "
                + (workloads.size() == 1
                        ? "the " + kind + " " + workloads.get(0)
                        : Numbers.word(workloads.size()) + " " + kind + "s (" + Numbers.list(workloads) + ")")
                + ", at " + Numbers.list(quotas) + ".";
    }

    /** What is compared with the first policy; the order with foresight is no policy that a kernel could have. */
    private List<Manifest.Policy> rivals() {
        return manifest.policies().stream()
                .skip(1)
                .filter(policy -> !policy.label().equals(Experiment.FORESIGHT))
                .toList();
    }

    /** How far above the order with foresight each policy is, where it ran and pages were reclaimed; empty otherwise. */
    static String regret(Comparison comparison) {
        Optional<PolicyFigures> foresight = comparison.complete().stream()
                .filter(figures -> figures.label().equals(Experiment.FORESIGHT))
                .findFirst();
        if (foresight.isEmpty() || !comparison.reclaimed()) {
            return "";
        }
        double least = foresight.get().value(Metric.FAULTS);
        return " Page faults above those of the order that knows the rest of the stream: "
                + comparison.complete().stream()
                        .filter(figures -> figures != foresight.get())
                        .map(figures -> figures.label() + " " + Numbers.difference(figures.value(Metric.FAULTS), least))
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private String kind() {
        List<Manifest.Kind> kinds = manifest.workloads().stream()
                .map(Manifest.Workload::kind)
                .distinct()
                .toList();
        return kinds.size() > 1
                ? "workload"
                : switch (kinds.get(0)) {
                    case STREAM -> "recorded stream";
                    case SYNTHETIC -> "synthetic workload";
                    case RECORDING -> "recorded scenario";
                };
    }

    /** The one sentence to take away. */
    String headline() {
        if (rivals().isEmpty()) {
            return "One policy ran, so there is nothing to compare it with.";
        }
        String reference = manifest.policies().get(0).label();
        List<Comparison> judged = comparisons.stream()
                .filter(comparison -> comparison.reference().isPresent())
                .toList();
        if (judged.isEmpty()) {
            return "No trial of " + reference + " ran to its end, so there is nothing to compare with.";
        }
        List<Comparison> pressed = judged.stream().filter(Comparison::reclaimed).toList();
        Optional<String> best = best(pressed.isEmpty() ? judged : pressed);
        if (best.isEmpty()) {
            return pressed.isEmpty()
                    ? "The quota was never used up, and no policy took fewer page faults than " + reference + "."
                    : "No policy took fewer page faults than " + reference + " where the quota was used up.";
        }
        String where = pressed.isEmpty() ? "" : " where the quota was used up";
        List<Comparison> places = pressed.isEmpty() ? judged : pressed;
        return "Fewest page faults" + where + ": " + best.get() + ", " + range(best.get(), places) + " than "
                + reference + "." + time(best.get(), places);
    }

    /** What fewer faults become in MMU time, as a sentence; nothing where it is the same or was not counted. */
    private static String time(String label, List<Comparison> places) {
        List<Double> percents = percents(label, places, Metric.MMU_TIME);
        boolean same = percents.stream().allMatch(percent -> percent == 0);
        return same ? "" : " In MMU time it took " + span(percents, "less") + ".";
    }

    /** One line per policy other than the first: how it did where the quota was used up, and where it was not. */
    List<String> perPolicy() {
        List<String> lines = new ArrayList<>();
        List<Comparison> judged = comparisons.stream()
                .filter(comparison -> comparison.reference().isPresent())
                .toList();
        List<Comparison> pressed = judged.stream().filter(Comparison::reclaimed).toList();
        List<Comparison> free =
                judged.stream().filter(comparison -> !comparison.reclaimed()).toList();
        for (Manifest.Policy policy : rivals()) {
            if (sameEverywhere(policy.label(), judged)) {
                lines.add(policy.label() + ": the very same figures as "
                        + manifest.policies().get(0).label() + " everywhere.");
                continue;
            }
            List<String> parts = new ArrayList<>();
            if (!pressed.isEmpty()) {
                parts.add(range(policy.label(), pressed) + " where the quota was used up");
            }
            if (!free.isEmpty()) {
                parts.add(range(policy.label(), free) + " where it was not");
            }
            if (!parts.isEmpty()) {
                lines.add(policy.label() + ": " + String.join("; ", parts) + ".");
            }
        }
        return lines;
    }

    private static boolean sameEverywhere(String label, List<Comparison> judged) {
        return !judged.isEmpty()
                && judged.stream()
                        .allMatch(comparison -> comparison.policies().stream()
                                .filter(figures -> figures.label().equals(label))
                                .allMatch(figures ->
                                        figures.sameAs(comparison.reference().orElseThrow())));
    }

    /** What one comparison shows. */
    String of(Comparison comparison) {
        Optional<PolicyFigures> found = comparison.reference();
        if (found.isEmpty()) {
            return "The policy the others are compared with did not run to its end here.";
        }
        PolicyFigures reference = found.get();
        double faults = reference.value(Metric.FAULTS);
        List<String> parts = new ArrayList<>();
        List<String> same = new ArrayList<>();
        for (PolicyFigures figures : comparison.complete()) {
            if (figures == reference || figures.label().equals(Experiment.FORESIGHT)) {
                continue;
            }
            if (figures.value(Metric.FAULTS) == faults) {
                same.add(figures.label());
            } else {
                parts.add(figures.label() + " "
                        + Numbers.fewerOrMore(figures.value(Metric.FAULTS), faults)
                        + " (" + Numbers.plain(figures.value(Metric.FAULTS)) + ")");
            }
        }
        if (!same.isEmpty()) {
            parts.add(Numbers.list(same) + " the same number");
        }
        String start = reference.label() + " took " + Numbers.plain(faults) + " page faults";
        return (parts.isEmpty() ? start + "." : start + "; " + String.join(", ", parts) + ".") + regret(comparison);
    }

    /** The policy other than the first with the smallest mean of fault ratios, if that is below 1. */
    private Optional<String> best(List<Comparison> judged) {
        return rivals().stream()
                .map(Manifest.Policy::label)
                .filter(label -> ratio(label, judged) < 1)
                .min(Comparator.comparingDouble(label -> ratio(label, judged)));
    }

    private static double ratio(String label, List<Comparison> judged) {
        return judged.stream()
                .flatMap(comparison -> comparison.complete().stream()
                        .filter(figures -> figures.label().equals(label))
                        .map(figures -> figures.value(Metric.FAULTS)
                                / Math.max(
                                        1, comparison.reference().orElseThrow().value(Metric.FAULTS))))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.MAX_VALUE);
    }

    /** The differences of faults as one phrase: {@code 4.1 to 37.2 % fewer faults}. */
    private static String range(String label, List<Comparison> judged) {
        List<Double> percents = percents(label, judged, Metric.FAULTS);
        if (percents.isEmpty()) {
            return "no result";
        }
        boolean same = percents.stream().allMatch(percent -> percent == 0);
        return (same ? "as many" : span(percents, "fewer")) + " faults";
    }

    /** The differences of a figure in percent, ascending; without places that do not have it. */
    private static List<Double> percents(String label, List<Comparison> places, Metric metric) {
        return places.stream()
                .filter(place -> place.reference().orElseThrow().has(metric))
                .flatMap(place -> place.complete().stream()
                        .filter(figures -> figures.label().equals(label) && figures.has(metric))
                        .map(figures -> percent(
                                figures.value(metric),
                                place.reference().orElseThrow().value(metric))))
                .sorted()
                .toList();
    }

    /** From the lowest to the highest difference: {@code 4.1 to 37.2 % fewer}, {@code from 1.0 % fewer to 1.7 % more}. */
    private static String span(List<Double> percents, String less) {
        double low = percents.get(0);
        double high = percents.get(percents.size() - 1);
        if (low == high) {
            return side(low, less);
        }
        if (high <= 0) {
            return (high == 0 ? "0" : digits(-high)) + " to " + side(low, less);
        }
        if (low >= 0) {
            return (low == 0 ? "0" : digits(low)) + " to " + side(high, less);
        }
        return "from " + side(low, less) + " to " + side(high, less);
    }

    private static double percent(double value, double reference) {
        return reference == 0 ? (value == 0 ? 0 : 100) : 100 * (value - reference) / reference;
    }

    private static String side(double percent, String less) {
        return digits(Math.abs(percent)) + " % " + (percent < 0 ? less : "more");
    }

    private static String digits(double percent) {
        return percent < 0.05 ? "<0.1" : String.format(Locale.ROOT, "%.1f", percent);
    }
}
