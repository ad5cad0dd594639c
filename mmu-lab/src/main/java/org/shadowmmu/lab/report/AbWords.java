package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.shadowmmu.lab.ab.AbResult;
import org.shadowmmu.lab.statistics.Answer;
import org.shadowmmu.lab.statistics.Interval;
import org.shadowmmu.lab.statistics.PairedSample;
import org.shadowmmu.lab.statistics.Verdict;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/** The verdicts of a comparison in sentences that follow from the figures alone. */
final class AbWords {
    private static final int FEW = 10;

    private final AbResult result;

    AbWords(AbResult result) {
        this.result = result;
    }

    /** Where a place is: {@code web-1g at 64 shadow pages}. */
    static String where(AbResult.Place place) {
        return place.stream() + " at " + quota(place);
    }

    /** A quota in words. */
    static String quota(AbResult.Place place) {
        return switch (place.quota()) {
            case "default" -> "the default quota (" + Numbers.plain(place.pages()) + " pages)";
            case "binding" -> "a quota that just binds (" + Numbers.plain(place.pages()) + " pages)";
            default -> Numbers.plain(place.pages()) + " shadow pages";
        };
    }

    /** What a trial is at a place, in one word. */
    String trial(AbResult.Place place) {
        return result.seeded(place) ? "seed" : "stretch";
    }

    private boolean has(boolean seeded) {
        return result.streams().stream().anyMatch(stream -> (stream.kind() == Manifest.Kind.SYNTHETIC) == seeded);
    }

    /** The verdict on one policy at one place: page faults, and what becomes of it in time. */
    String verdict(AbResult.Place place, AbResult.Comparison comparison) {
        return faultVerdict(place, comparison) + timeVerdict(comparison);
    }

    private static String timeVerdict(AbResult.Comparison comparison) {
        Answer time = comparison.mmuTime();
        Verdict faults = comparison.faults().verdict();
        if (!time.verdict().prefers() || Double.isInfinite(time.change())) {
            return faults.prefers() ? " In MMU time the two are not told apart." : "";
        }
        return (faults == time.verdict()
                        ? " In MMU time, too: "
                        : " In MMU time it is " + time.verdict().words() + ": ")
                + percent(Math.abs(time.change())) + (time.change() < 0 ? " less" : " more") + " ("
                + interval(time.interval()) + ").";
    }

    private String faultVerdict(AbResult.Place place, AbResult.Comparison comparison) {
        Answer faults = comparison.faults();
        String reference = result.policies().get(0).label();
        String label = comparison.label();
        return switch (faults.verdict()) {
            case BETTER, WORSE ->
                label + " is " + faults.verdict().words() + " than " + reference + ": " + amount(faults) + " ("
                        + interval(faults.interval()) + ").";
            case TOO_SMALL ->
                label + " differs from " + reference + ", but below the smallest effect that matters ("
                        + percent(result.smallest()) + "): " + amount(faults) + " (" + interval(faults.interval())
                        + ").";
            case UNDETECTED ->
                "No detectable difference between " + label + " and " + reference + ": " + amount(faults) + " ("
                        + interval(faults.interval()) + ").";
            case IDENTICAL ->
                label + " and " + reference + " took the very same page faults in every " + trial(place)
                        + (place.reclaimed()
                                ? "."
                                : ": no shadow page was reclaimed, so the order of reclaim cannot matter here.");
        };
    }

    /** Says why an interval beside zero is not enough. */
    private static String beyond(Answer faults) {
        return faults.interval().contains(0)
                        || faults.interval().low() == 0
                        || faults.interval().high() == 0
                ? ""
                : "; the interval leaves out zero, but the signed-rank test does not confirm it (p = "
                        + AbText.p(faults.adjusted()) + " after Holm's correction)";
    }

    /** The verdict of one figure in a few words, for a table. */
    static String shortVerdict(Answer answer) {
        return answer.verdict() == Verdict.TOO_SMALL
                ? "differs, too little to matter"
                : answer.verdict().words();
    }

    /** The sentence to take away: the places with each verdict on page faults. */
    String headline() {
        if (result.places().size() == 1 && result.places().get(0).comparisons().size() == 1) {
            AbResult.Place place = result.places().get(0);
            String verdict = verdict(place, place.comparisons().get(0));
            return "On " + where(place) + ", " + verdict;
        }
        return result.policies().size() == 2
                ? tally(result.policies().get(1).label())
                : Numbers.capital(Numbers.word(result.policies().size() - 1)) + " policies against "
                        + result.policies().get(0).label() + ", at "
                        + Numbers.word(result.places().size())
                        + (result.places().size() == 1 ? " place" : " places");
    }

    /** Below the headline: a line per policy if there are several. */
    List<String> perPolicy() {
        return result.policies().size() == 2
                ? List.of()
                : result.policies().stream()
                        .skip(1)
                        .map(policy -> tally(policy.label()))
                        .toList();
    }

    private String tally(String label) {
        List<String> parts = new ArrayList<>();
        int all = 0;
        for (Verdict verdict : Verdict.values()) {
            int count = (int) result.places().stream()
                    .flatMap(place -> place.comparisons().stream())
                    .filter(each -> each.label().equals(label) && each.faults().verdict() == verdict)
                    .count();
            all += count;
            if (count > 0) {
                parts.add(verdict.words() + " at " + Numbers.word(count));
            }
        }
        return label + " against " + result.policies().get(0).label() + ", page faults: " + Numbers.list(parts) + " of "
                + Numbers.word(all) + (all == 1 ? " place." : " places.");
    }

    /** What the trials varied, and what the interval therefore means. */
    List<String> meaning() {
        List<String> sentences = new ArrayList<>();
        if (has(true)) {
            sentences.add("Of a synthetic workload, the trials are " + result.trials() + " whole runs with the seeds "
                    + result.seed() + " to " + (result.seed() + result.trials() - 1)
                    + ": every policy meets the same guest"
                    + " at the same seed, and guests of different seeds have nothing in common but the rule. So the runs are"
                    + " independent, and an interval covers what other seeds of the same rule and parameters would give. It"
                    + " says nothing of guests that follow another rule.");
        }
        if (!has(false)) {
            sentences.add("Faults are counted, not timed; MMU time is counted work at the standard costs.");
            return sentences;
        }
        sentences.add("A trial of a recorded stream is one of " + result.trials()
                + " neighbouring stretches, equally long in guest"
                + " instructions, of one replay of the recording; where the first begins is drawn from seed "
                + result.seed() + ". Both policies are measured on the same stretches, each after everything that came"
                + " before it. Where neighbouring stretches depend on each other, every two count as one.");
        sentences.add("So an interval says how far the figure would move if this guest had gone on with the same job in"
                + " stretches like these. It does not cover other guests, other jobs, other machines, or another recording"
                + " of this one.");
        sentences.add(
                "Within a window of a recording only the first use of each page is known: under pressure, fault counts"
                        + " are lower bounds. They are counted, not timed; MMU time is counted work at the standard costs.");
        return sentences;
    }

    /** What limits this result. */
    List<String> warnings() {
        List<String> sentences = new ArrayList<>();
        List<String> idle = result.places().stream()
                .filter(place -> !place.reclaimed() && place.pages() > 0)
                .map(AbWords::where)
                .toList();
        if (!idle.isEmpty()) {
            sentences.add("No shadow page was reclaimed on " + Numbers.list(idle)
                    + ": policies that only order reclaim were never asked.");
        }
        List<String> few = new ArrayList<>();
        List<String> dependent = new ArrayList<>();
        List<String> weak = new ArrayList<>();
        for (AbResult.Place place : result.places()) {
            for (AbResult.Comparison comparison : place.comparisons()) {
                Answer faults = comparison.faults();
                String here = comparison.label() + " on " + place.stream() + " at " + AbPlots.shortQuota(place);
                if (faults.verdict() == Verdict.IDENTICAL) {
                    continue;
                }
                if (faults.trials() < FEW) {
                    few.add(here);
                }
                if (faults.dependent()) {
                    dependent.add(here + " (" + drift(place, comparison) + ")");
                }
                if (faults.verdict() == Verdict.UNDETECTED && !faults.interval().within(result.smallest())) {
                    weak.add(here + " (" + percent(faults.detectable()) + ", " + Numbers.plain(faults.needed())
                            + " trials)");
                }
            }
        }
        if (!few.isEmpty()) {
            sentences.add(
                    "Fewer than " + Numbers.word(FEW) + " trials: " + Numbers.list(few)
                            + ". The test of so few cannot be sure of much, and the interval is too narrow more often than it says.");
        }
        if (!dependent.isEmpty()) {
            sentences.add(
                    "Neighbouring stretches resemble each other even when merged, so the interval is narrower than it"
                            + " should be, and speaks of the mean over this course: " + Numbers.list(dependent) + ".");
        }
        if (!weak.isEmpty()) {
            sentences.add("Too few trials to rule out a difference of " + percent(result.smallest())
                    + ", with the difference they would have found four times in five, and the number of such trials that"
                    + " finds the smallest that matters: " + Numbers.list(weak) + ".");
        }
        return sentences;
    }

    /** The change of page faults in the first and the last third of the stretches. */
    private static String drift(AbResult.Place place, AbResult.Comparison comparison) {
        double[] before = faults(place, place.runs().get(0).label());
        double[] after = faults(place, comparison.label());
        int third = Math.max(1, before.length / 3);
        return signed(change(before, after, 0, third)) + " in the first third, "
                + signed(change(before, after, before.length - third, before.length)) + " in the last";
    }

    private static double change(double[] before, double[] after, int from, int to) {
        return new PairedSample(Arrays.copyOfRange(before, from, to), Arrays.copyOfRange(after, from, to)).change();
    }

    private static double[] faults(AbResult.Place place, String label) {
        return place.runs().stream()
                .filter(run -> run.label().equals(label))
                .map(run -> run.stretches().getOrDefault(Metric.FAULTS, new double[1]))
                .findFirst()
                .orElseThrow();
    }

    /** Failures, a sentence each. */
    List<String> failures() {
        List<String> sentences = new ArrayList<>();
        for (AbResult.Place place : result.places()) {
            for (AbResult.Run run : place.runs()) {
                if (run.failure() != null) {
                    sentences.add(run.label() + " on " + place.stream() + " at quota " + place.quota() + " failed: "
                            + run.failure());
                }
            }
        }
        return sentences;
    }

    /** A change of page faults in words: {@code 38.1 % fewer page faults}. */
    static String amount(Answer faults) {
        if (Double.isInfinite(faults.change())) {
            return Numbers.plain(faults.candidate()) + " page faults per trial instead of none";
        }
        return faults.change() == 0
                ? "as many page faults"
                : percent(Math.abs(faults.change())) + (faults.change() < 0 ? " fewer" : " more") + " page faults";
    }

    /** An interval in words. */
    static String interval(Interval interval) {
        return "95 % interval " + signed(interval.low()) + " to " + signed(interval.high());
    }

    /** A share as percent without a sign. */
    static String percent(double share) {
        return Double.isInfinite(share) ? "nothing" : digits(100 * share) + " %";
    }

    /** A change as percent with its sign. */
    static String signed(double change) {
        if (Double.isInfinite(change)) {
            return change < 0 ? "\u2212\u221e" : "+\u221e";
        }
        String digits = digits(100 * Math.abs(change));
        return (digits.equals("0.0") ? "" : change < 0 ? "\u2212" : "+") + digits + " %";
    }

    /** A round change for an axis. */
    static String round(double change) {
        return (change < 0 ? "\u2212" : "+") + Numbers.trimmed(100 * Math.abs(change)) + " %";
    }

    private static String digits(double percent) {
        String format = percent != 0 && percent < 0.1 ? "%.2f" : percent < 1000 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, percent);
    }

    /** The mean of a figure over the trials, to a tenth. */
    static String tenth(Answer answer, double mean) {
        return Numbers.figure(Metric.of(answer.key()), Math.rint(mean * 10) / 10);
    }

    /** The mean of a figure over the trials, rounded. */
    static String rounded(Answer answer, double mean) {
        return Numbers.figure(Metric.of(answer.key()), Math.rint(mean));
    }

    /** The title of a figure. */
    static String title(Answer answer) {
        return Metric.of(answer.key()).title();
    }
}
