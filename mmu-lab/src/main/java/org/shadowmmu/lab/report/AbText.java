package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.shadowmmu.lab.ab.AbResult;
import org.shadowmmu.lab.statistics.Answer;
import org.shadowmmu.lab.store.Metric;

/** A comparison as text for the terminal: verdict first, then the figures behind it. */
public final class AbText {
    private AbText() {}

    /** The text. */
    public static String of(AbResult result) {
        AbWords words = new AbWords(result);
        StringBuilder text = new StringBuilder();
        for (AbResult.Place place : result.places()) {
            text.append(AbWords.where(place)).append('\n');
            for (AbResult.Comparison comparison : place.comparisons()) {
                text.append("  ").append(words.verdict(place, comparison)).append('\n');
            }
            for (AbResult.Comparison comparison : place.comparisons()) {
                text.append(table(words, place, comparison));
            }
            text.append(bound(result, place)).append('\n');
        }
        words.failures()
                .forEach(sentence -> text.append("Failed: ").append(sentence).append('\n'));
        words.warnings()
                .forEach(sentence -> text.append("Warning: ").append(sentence).append('\n'));
        if (result.places().stream().anyMatch(place -> !result.seeded(place))) {
            text.append("The trials are ")
                    .append(result.trials())
                    .append(" stretches of one recording: an interval covers more of the same job, not other jobs.\n");
        }
        if (result.places().stream().anyMatch(result::seeded)) {
            text.append("The trials of a synthetic workload are ")
                    .append(result.trials())
                    .append(" seeds: an interval covers other seeds of the same rule, not other rules.\n");
        }
        return text.toString();
    }

    private static String table(AbWords words, AbResult.Place place, AbResult.Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "per " + words.trial(place),
                place.runs().get(0).label(),
                comparison.label(),
                "change",
                "95 % interval",
                "d",
                "p (Holm)",
                "verdict"));
        for (Answer answer : comparison.answers()) {
            rows.add(List.of(
                    AbWords.title(answer),
                    AbWords.tenth(answer, answer.reference()),
                    AbWords.tenth(answer, answer.candidate()),
                    AbWords.signed(answer.change()),
                    AbWords.signed(answer.interval().low()) + " to "
                            + AbWords.signed(answer.interval().high()),
                    standardised(answer),
                    p(answer.adjusted()),
                    AbWords.shortVerdict(answer)));
        }
        return TerminalTable.layOut(rows);
    }

    /** The standardised effect as people write it. */
    static String standardised(Answer answer) {
        double d = answer.effect().standardised();
        return Double.isInfinite(d)
                ? (d < 0 ? "\u2212\u221e" : "\u221e")
                : String.format(Locale.ROOT, "%.1f", d == 0 ? 0 : d).replace('-', '\u2212');
    }

    /** A p-value as people write it. */
    static String p(double value) {
        return value < 0.001 ? "<0.001" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String bound(AbResult result, AbResult.Place place) {
        AbResult.Run foresight = place.foresight();
        if (foresight == null || place.fewestCreated() == null || foresight.failure() != null || !place.reclaimed()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                result.seeded(place) ? "whole run, mean" : "whole stream",
                "faults",
                "above foresight",
                "created",
                "above the bound"));
        List<AbResult.Run> all = new ArrayList<>(place.runs());
        all.add(foresight);
        for (AbResult.Run run : all) {
            if (run.failure() == null) {
                rows.add(List.of(
                        run.label(),
                        Numbers.plain(run.totalOf(Metric.FAULTS)),
                        Numbers.difference(run.totalOf(Metric.FAULTS), foresight.totalOf(Metric.FAULTS)),
                        Numbers.plain(run.totalOf(Metric.CREATED)),
                        Numbers.difference(run.totalOf(Metric.CREATED), place.fewestCreated())));
            }
        }
        rows.add(List.of("bound (any order)", "", "", Numbers.plain(place.fewestCreated()), ""));
        return TerminalTable.layOut(rows);
    }
}
