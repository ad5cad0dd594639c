package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.shadowmmu.api.Decision;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/** What a reader must know before believing the figures. */
final class Warnings {
    private static final String ORDER = Decision.RECLAIM_ORDER.id();

    private static final String EXCEPT_TIME = ", but for MMU time: moves in a policy's own queues take some.";

    private final Manifest manifest;
    private final List<Comparison> comparisons;

    Warnings(Manifest manifest, List<Comparison> comparisons) {
        this.manifest = manifest;
        this.comparisons = comparisons;
    }

    /** Trials that failed, one sentence each. */
    List<String> failures() {
        List<String> sentences = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            for (PolicyFigures figures : comparison.policies()) {
                figures.failure()
                        .ifPresent(reason ->
                                sentences.add(figures.label() + " on " + comparison.place() + " failed: " + reason));
            }
        }
        return sentences;
    }

    /** Figures that results of an older format do not have. */
    List<String> missing() {
        List<String> titles = FigureTables.COLUMNS.stream()
                .filter(metric -> comparisons.stream()
                        .flatMap(comparison -> comparison.complete().stream())
                        .anyMatch(figures -> !figures.has(metric)))
                .map(Metric::title)
                .toList();
        return titles.isEmpty()
                ? List.of()
                : List.of("These results are of an older format (" + manifest.format() + "), which has no "
                        + Numbers.list(titles) + "; run the experiment again to have it.");
    }

    /** Everything else. */
    List<String> notes() {
        List<String> sentences = new ArrayList<>(missing());
        sentences.addAll(nothingReclaimed());
        sentences.addAll(neverAsked());
        if (has(Manifest.Kind.STREAM)) {
            sentences.add("A recorded stream is one sample: a difference here is exact for that recording, and says"
                    + " nothing about chance. Within a window of a stream only the first use of a page is known, so fault"
                    + " counts under pressure are lower bounds.");
        }
        if (has(Manifest.Kind.SYNTHETIC)) {
            int seeds = manifest.seeds().size();
            sentences.add("A synthetic workload follows a rule that was made up: it shows what a policy does there, not"
                    + " that guests are like that. Its random numbers come from the seed, the same ones for every policy; "
                    + (seeds == 1 ? "one seed is one sample." : "the figures are means over " + seeds + " seeds."));
        }
        if (has(Manifest.Kind.RECORDING)) {
            sentences.add("A recorded scenario is a sequence of operations that was made to reach corners of the MMU:"
                    + " its counts tell policies apart, and say little of guests at work.");
        }
        return sentences;
    }

    private boolean has(Manifest.Kind kind) {
        return manifest.workloads().stream().anyMatch(workload -> workload.kind() == kind);
    }

    /** One sentence per quota and verdict, so that equal ones are said once. */
    private List<String> nothingReclaimed() {
        Map<List<String>, List<String>> places = new LinkedHashMap<>();
        for (Comparison comparison : comparisons) {
            if (!comparison.complete().isEmpty() && !comparison.reclaimed()) {
                places.computeIfAbsent(List.of(comparison.quotaText(), verdict(comparison)), key -> new ArrayList<>())
                        .add(comparison.workload().name() + " (" + Numbers.plain(peak(comparison)) + " of "
                                + Numbers.plain(quota(comparison)) + " pages in use at most)");
            }
        }
        List<String> sentences = new ArrayList<>();
        places.forEach((key, where) -> sentences.add("At " + key.get(0) + " no shadow page was reclaimed on "
                + Numbers.list(where) + ", so the order of reclaim cannot matter there. " + key.get(1)));
        return sentences;
    }

    private String verdict(Comparison comparison) {
        Optional<PolicyFigures> found = comparison.reference();
        if (found.isEmpty()) {
            return "The first policy failed, so nothing could be checked.";
        }
        List<String> same = new ArrayList<>(List.of(found.get().label()));
        List<String> others = new ArrayList<>();
        for (PolicyFigures figures : comparison.complete()) {
            if (figures == found.get()) {
                continue;
            }
            if (figures.sameAs(found.get())) {
                same.add(figures.label());
            } else {
                others.add(reason(figures));
            }
        }
        List<String> sentences = new ArrayList<>();
        if (same.size() > 1) {
            sentences.add(
                    Numbers.list(same) + " gave identical figures" + (sameTimes(comparison, same) ? "." : EXCEPT_TIME));
        }
        sentences.addAll(others);
        return String.join(" ", sentences);
    }

    private static boolean sameTimes(Comparison comparison, List<String> labels) {
        return comparison.complete().stream()
                        .filter(figures -> labels.contains(figures.label()))
                        .map(figures -> figures.text(Metric.MMU_TIME))
                        .distinct()
                        .count()
                == 1;
    }

    private String reason(PolicyFigures figures) {
        List<String> decisions = manifest.policies().stream()
                .filter(policy -> policy.label().equals(figures.label()))
                .flatMap(policy -> policy.decisions().stream())
                .filter(decision -> !decision.equals(ORDER) && figures.asked(decision) > 0)
                .toList();
        return decisions.isEmpty()
                ? figures.label() + " differs although it was asked for nothing else: do not trust this result."
                : figures.label() + " differs because it also decides " + Numbers.list(decisions) + ".";
    }

    private List<String> neverAsked() {
        List<String> sentences = new ArrayList<>();
        for (Manifest.Policy policy : manifest.policies()) {
            List<PolicyFigures> all = comparisons.stream()
                    .flatMap(comparison -> comparison.complete().stream())
                    .filter(figures -> figures.label().equals(policy.label()))
                    .toList();
            for (Manifest.Part part : policy.parts()) {
                boolean asked = all.stream()
                        .anyMatch(
                                figures -> part.decisions().stream().anyMatch(decision -> figures.asked(decision) > 0));
                if (!all.isEmpty() && !asked) {
                    sentences.add(neverAsked(policy, part));
                }
            }
        }
        return sentences;
    }

    private static String neverAsked(Manifest.Policy policy, Manifest.Part part) {
        return policy.parts().size() == 1
                ? policy.label() + " was never asked for a decision it takes (" + Numbers.list(part.decisions())
                        + "): its figures are those of the upstream rules."
                : "In " + policy.label() + ", " + part.id() + " was never asked for " + Numbers.list(part.decisions())
                        + ": it changed nothing.";
    }

    private static double peak(Comparison comparison) {
        return comparison.complete().stream()
                .mapToDouble(figures -> figures.value(Metric.PEAK_USED))
                .max()
                .orElse(0);
    }

    private static double quota(Comparison comparison) {
        return comparison.complete().stream()
                .mapToDouble(figures -> figures.value(Metric.QUOTA))
                .max()
                .orElse(0);
    }
}
