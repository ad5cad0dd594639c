package org.shadowmmu.lab.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.shadowmmu.lab.ab.AbResult;
import org.shadowmmu.lab.statistics.Answer;
import org.shadowmmu.lab.statistics.Verdict;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/** The report of a comparison as one HTML file that needs nothing else: verdict, charts, tables, what limits it, provenance. */
public final class AbReport {
    private final AbResult result;
    private final AbWords words;
    private final Html page = new Html();

    private AbReport(AbResult result) {
        this.result = result;
        words = new AbWords(result);
    }

    /** The page. */
    public static String of(AbResult result) {
        return new AbReport(result).page();
    }

    private String page() {
        String subject = String.join(
                " / ",
                result.policies().stream().map(AbResult.PolicyFacts::label).toList());
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
        page.element("title", subject + " · Shadow MMU Lab").raw("\n<style>\n");
        page.raw(Html.resource("report.css")).raw(Palette.css()).raw("</style>\n</head>\n<body>\n<main>\n");
        page.raw("<header>\n").element("p class=\"kicker\"", "Shadow MMU Lab · " + subject);
        page.raw("\n").element("h1", unbroken(words.headline())).raw("\n");
        if (!words.perPolicy().isEmpty()) {
            list(words.perPolicy());
        }
        page.raw("</header>\n");
        box("box bad", "Policies that failed", words.failures());
        verdicts();
        box("box note", "Before you believe it", words.warnings());
        box("box", "What the intervals mean", words.meaning());
        for (AbResult.StreamFacts stream : result.streams()) {
            stream(stream);
        }
        glossary();
        provenance();
        page.raw("</main>\n<script>\n").raw(Html.resource("report.js")).raw("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private void verdicts() {
        page.raw("<section>\n").element("h2", "Page faults").raw("\n");
        page.raw("<div class=\"scroll\"><table class=\"verdicts\">\n<thead><tr><th>where</th><th>verdict</th>"
                + "<th class=\"n\">change</th><th class=\"n desk\">95 % interval</th></tr></thead>\n<tbody>\n");
        for (AbResult.Place place : result.places()) {
            boolean same =
                    place.comparisons().stream().allMatch(each -> each.faults().verdict() == Verdict.IDENTICAL);
            for (AbResult.Comparison comparison : same
                    ? place.comparisons()
                            .subList(0, Math.min(1, place.comparisons().size()))
                    : place.comparisons()) {
                Answer faults = comparison.faults();
                page.raw("<tr><th>").text(place.stream());
                page.element("small", AbPlots.shortQuota(place));
                if (result.policies().size() > 2) {
                    page.element("small", same ? "every policy" : comparison.label());
                }
                page.raw("</th>");
                page.element("td class=\"" + colour(faults) + "\"", AbWords.shortVerdict(faults));
                page.raw("<td class=\"n\">").text(unbroken(AbWords.signed(faults.change())));
                page.element("small class=\"phone\"", range(faults)).raw("</td>");
                page.element("td class=\"n desk\"", range(faults)).raw("</tr>\n");
            }
        }
        page.raw("</tbody></table></div>\n");
        figure("Change of page faults with 95 % intervals", size -> AbPlots.intervals(result, size));
        page.raw("</section>\n");
    }

    private void box(String type, String title, List<String> sentences) {
        if (sentences.isEmpty()) {
            return;
        }
        page.raw("<section class=\"" + type + "\">\n").element("h2", title).raw("\n");
        list(sentences);
        page.raw("</section>\n");
    }

    private void list(List<String> sentences) {
        page.raw("<ul>\n");
        sentences.forEach(sentence -> page.element("li", unbroken(sentence)).raw("\n"));
        page.raw("</ul>\n");
    }

    private void stream(AbResult.StreamFacts stream) {
        page.element("h2 class=\"workload\"", stream.name()).raw("\n");
        page.element(
                        "p class=\"about\"",
                        Numbers.capital(stream.description()) + ". " + Numbers.plain(stream.accesses())
                                + " page accesses"
                                + (stream.tables() == 0
                                        ? ". "
                                        : ", " + Numbers.plain(stream.tables()) + " leaf tables of 2 MiB. ")
                                + (stream.kind() == Manifest.Kind.SYNTHETIC ? seeds(stream) : stretches(stream))
                                + " The host: " + stream.host() + ".")
                .raw("\n");
        if (AbPlots.curve(result, stream.name(), LineChart.Size.WIDE).isPresent()) {
            page.raw("<section>\n").element("h3", "Cost against quota").raw("\n");
            page.element(
                            "p",
                            "Page faults from power on to the end of the stream. Foresight is the order that knows which"
                                    + " table is needed again last: what an order can reach, which no kernel can have.")
                    .raw("\n");
            figure(
                    "Page faults against the quota, " + stream.name(),
                    size -> AbPlots.curve(result, stream.name(), size));
            page.raw("</section>\n");
        }
        result.places().stream()
                .filter(place -> place.stream().equals(stream.name()))
                .forEach(this::place);
    }

    private String stretches(AbResult.StreamFacts stream) {
        return result.trials() + " stretches of " + String.format(Locale.ROOT, "%,.0f", stream.length() / 1e6)
                + " million guest instructions from instruction " + Numbers.trimmed(stream.from() / 1e9) + "·10⁹ on.";
    }

    private String seeds(AbResult.StreamFacts stream) {
        return stream.parameters().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ", "Parameters: ", ". "))
                + result.trials() + " runs with a seed each, figures of the last " + Numbers.plain(stream.length())
                + " of " + Numbers.plain(stream.instructions()) + " accesses.";
    }

    private void place(AbResult.Place place) {
        page.raw("<section class=\"comparison\">\n");
        page.element("h3", AbWords.where(place)).raw("\n");
        for (AbResult.Comparison comparison : place.comparisons()) {
            page.element("p", unbroken(words.verdict(place, comparison))).raw("\n");
        }
        figure(
                "Page faults by " + words.trial(place) + ", " + AbWords.where(place),
                size -> AbPlots.stretches(result, place, size));
        for (AbResult.Comparison comparison : place.comparisons()) {
            answers(place, comparison);
        }
        regret(place);
        page.raw("</section>\n");
    }

    private void answers(AbResult.Place place, AbResult.Comparison comparison) {
        page.raw("<div class=\"scroll\"><table>\n<thead><tr><th>per " + words.trial(place) + "</th>");
        for (String head :
                List.of(place.runs().get(0).label(), comparison.label(), "change", "95 % interval", "d", "p (Holm)")) {
            page.element("th class=\"n\"", head);
        }
        page.raw("<th>verdict</th></tr></thead>\n<tbody>\n");
        for (Answer answer : comparison.answers()) {
            page.raw("<tr>").element("th", AbWords.title(answer));
            page.element("td class=\"n\"", AbWords.rounded(answer, answer.reference()));
            page.element("td class=\"n\"", AbWords.rounded(answer, answer.candidate()));
            page.element("td class=\"n\"", unbroken(AbWords.signed(answer.change())));
            page.element("td class=\"n\"", range(answer));
            page.element("td class=\"n\"", AbText.standardised(answer));
            page.element("td class=\"n\"", AbText.p(answer.adjusted()));
            page.element("td class=\"" + colour(answer) + "\"", AbWords.shortVerdict(answer))
                    .raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n");
        Answer faults = comparison.faults();
        page.element(
                        "p class=\"about small\"",
                        "Page faults: " + faults.trials() + " trials"
                                + (faults.stretches() > 1 ? " of " + faults.stretches() + " stretches each" : "")
                                + "; " + comparison.label() + " has fewer in "
                                + Math.round(100 * faults.effect().less()) + " % of them.")
                .raw("\n");
    }

    private void regret(AbResult.Place place) {
        AbResult.Run foresight = place.foresight();
        Long fewest = place.fewestCreated();
        if (foresight == null || fewest == null || foresight.failure() != null || !place.reclaimed()) {
            return;
        }
        page.raw("<div class=\"scroll\"><table>\n<thead><tr><th>whole stream</th>");
        for (String head : List.of("faults", "above foresight", "pages created", "above the bound")) {
            page.element("th class=\"n\"", head);
        }
        page.raw("</tr></thead>\n<tbody>\n");
        for (AbResult.Run run : place.runs()) {
            if (run.failure() == null) {
                regretRow(run, foresight, fewest);
            }
        }
        regretRow(foresight, foresight, fewest);
        page.raw("<tr><th>bound</th><td></td><td></td>")
                .element("td class=\"n\"", Numbers.plain(fewest))
                .raw("<td></td></tr>\n</tbody></table></div>\n");
    }

    private void regretRow(AbResult.Run run, AbResult.Run foresight, long fewest) {
        page.raw("<tr>").element("th", run.label());
        page.element("td class=\"n\"", Numbers.plain(run.totalOf(Metric.FAULTS)));
        page.element(
                "td class=\"n\"",
                run == foresight
                        ? ""
                        : unbroken(Numbers.difference(run.totalOf(Metric.FAULTS), foresight.totalOf(Metric.FAULTS))));
        page.element("td class=\"n\"", Numbers.plain(run.totalOf(Metric.CREATED)));
        page.element("td class=\"n\"", unbroken(Numbers.difference(run.totalOf(Metric.CREATED), fewest)))
                .raw("</tr>\n");
    }

    private void figure(String title, Function<LineChart.Size, Optional<Plot>> plots) {
        Optional<Plot> wide = plots.apply(LineChart.Size.WIDE);
        if (wide.isEmpty()) {
            return;
        }
        page.raw("<figure class=\"chart\">\n");
        if (wide.get().keys().size() > 1) {
            page.raw("<figcaption><span class=\"legend\">");
            for (Plot.Key key : wide.get().keys()) {
                page.raw("<span class=\"key c" + key.colour() + "\"><i></i>")
                        .text(key.label())
                        .raw("</span>");
            }
            page.raw("</span></figcaption>\n");
        }
        for (LineChart.Size size : LineChart.Size.values()) {
            plots.apply(size).ifPresent(plot -> page.raw(plot.inPage(title)));
        }
        page.raw(Html.pointer(wide.get().pointer())).raw("</figure>\n");
    }

    private void glossary() {
        page.raw("<section>\n").element("h2", "What the figures mean").raw("\n<dl>\n");
        entry(
                "change",
                "The total of all stretches, candidate against reference; stretches with much work weigh more.");
        entry("95 % interval", "Bootstrap over the trials, bias-corrected and accelerated (BCa), 10,000 resamples.");
        entry("d", "Mean of the paired differences over their standard deviation.");
        entry(
                "p (Holm)",
                "Wilcoxon's signed-rank test of the pairs, two-sided, after Holm's correction over the figures of"
                        + " this table.");
        entry(
                "verdict",
                "A difference counts as one if the test finds it at 5 % and the interval is on one side of zero; it is too"
                        + " small to matter if the whole interval is below " + AbWords.percent(result.smallest())
                        + ".");
        entry(
                "foresight",
                "An order of reclaim that knows the rest of the stream. Its figures were reached; a better order"
                        + " may exist.");
        entry(
                "bound",
                "Pages that every order must create: misses of the optimal replacement of leaf tables. No bound of page"
                        + " faults, and not always in reach, because the hypervisor reclaims in batches.");
        for (AbResult.Comparison comparison : result.places().stream()
                .flatMap(place -> place.comparisons().stream())
                .limit(1)
                .toList()) {
            for (Answer answer : comparison.answers()) {
                Metric metric = Metric.of(answer.key());
                entry(metric.title(), Numbers.capital(metric.meaning()) + ".");
            }
        }
        page.raw("</dl>\n</section>\n");
    }

    private void entry(String term, String meaning) {
        page.element("dt", term).element("dd", unbroken(meaning)).raw("\n");
    }

    private void provenance() {
        page.raw("<section>\n").element("h2", "Provenance").raw("\n");
        page.element(
                "p", "Shadow MMU Lab " + result.lab() + ". The same command gives the same ab.json, byte for byte:");
        page.raw("\n").element("pre", result.command()).raw("\n");
        for (AbResult.PolicyFacts policy : result.policies()) {
            page.raw("<p>").element("b", policy.label()).text(": " + policy.summary() + ". From ");
            page.element("code", policy.jar());
            if (!policy.sha256().isEmpty()) {
                page.raw(", SHA-256 ").element("code class=\"hash\"", policy.sha256());
            }
            page.text(policy.parameters().isEmpty() ? "." : ". Parameters: " + policy.parameters() + ".");
            long asked = result.places().stream()
                    .flatMap(place -> place.runs().stream())
                    .filter(run -> run.label().equals(policy.label()))
                    .flatMap(run -> run.asked().values().stream())
                    .mapToLong(Long::longValue)
                    .sum();
            page.text(" Asked for a decision " + Numbers.plain(asked) + (asked == 1 ? " time." : " times."));
            page.raw("</p>\n");
        }
        for (AbResult.StreamFacts stream : result.streams()) {
            page.raw("<p>").element("b", stream.name()).text(": SHA-256 ");
            page.element("code class=\"hash\"", stream.sha256()).raw("</p>\n");
        }
        page.raw("<details><summary>ab.json: every figure</summary>\n");
        page.element("pre", Json.pretty(result)).raw("</details>\n</section>\n");
    }

    private static String range(Answer answer) {
        return unbroken(AbWords.signed(answer.interval().low()) + " to "
                + AbWords.signed(answer.interval().high()));
    }

    private static String colour(Answer answer) {
        return answer.verdict() == Verdict.BETTER ? "good" : answer.verdict() == Verdict.WORSE ? "worse" : "dim";
    }

    /** Keeps a number and its percent sign on one line. */
    private static String unbroken(String text) {
        return text.replace(" %", "\u202f%");
    }
}
