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

    /** Everything else. */
    List<String> notes() {
        List<String> sentences = new ArrayList<>();
        sentences.addAll(nothingReclaimed());
        sentences.addAll(neverAsked());
        sentences.add("A recorded stream is one sample: a difference here is exact for that recording, and says nothing"
                + " about chance. Within a window of a stream only the first use of a page is known, so fault counts"
                + " under pressure are lower bounds.");
        return sentences;
    }

    private List<String> nothingReclaimed() {
        Map<String, List<String>> places = new LinkedHashMap<>();
        for (Comparison comparison : comparisons) {
            if (!comparison.complete().isEmpty() && !comparison.reclaimed()) {
                places.computeIfAbsent(verdict(comparison), verdict -> new ArrayList<>())
                        .add(comparison.place() + " (at most " + Numbers.plain(peak(comparison)) + " of "
                                + Numbers.plain(quota(comparison)) + " in use)");
            }
        }
        List<String> sentences = new ArrayList<>();
        places.forEach((verdict, where) -> sentences.add("No shadow page was reclaimed on " + Numbers.list(where)
                + ", so policies that differ only in the order of reclaim must give identical figures there. "
                + verdict));
        return sentences;
    }

    private String verdict(Comparison comparison) {
        Optional<PolicyFigures> found = comparison.reference();
        if (found.isEmpty()) {
            return "The first policy failed, so that is not checked.";
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
        return (same.size() == 1 ? "" : Numbers.capital(Numbers.list(same)) + " do. ") + String.join(" ", others);
    }

    private String reason(PolicyFigures figures) {
        List<String> decisions = manifest.policies().stream()
                .filter(policy -> policy.label().equals(figures.label()))
                .flatMap(policy -> policy.decisions().stream())
                .filter(decision -> !decision.equals(ORDER) && figures.asked(decision) > 0)
                .toList();
        return decisions.isEmpty()
                ? Numbers.capital(figures.label())
                        + " differs although it was asked for nothing else: do not trust this result."
                : Numbers.capital(figures.label()) + " differs, for it also decides " + Numbers.list(decisions) + ".";
    }

    private List<String> neverAsked() {
        List<String> sentences = new ArrayList<>();
        for (Manifest.Policy policy : manifest.policies()) {
            List<PolicyFigures> all = comparisons.stream()
                    .flatMap(comparison -> comparison.complete().stream())
                    .filter(figures -> figures.label().equals(policy.label()))
                    .toList();
            boolean asked = all.stream()
                    .anyMatch(figures -> policy.decisions().stream().anyMatch(decision -> figures.asked(decision) > 0));
            if (!all.isEmpty() && !asked) {
                sentences.add(Numbers.capital(policy.label()) + " was never asked for a decision it takes ("
                        + Numbers.list(policy.decisions()) + "): its figures are those of the upstream rules.");
            }
        }
        return sentences;
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
