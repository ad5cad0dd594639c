package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.api.Decision;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;

/** The report of a run as one HTML file that needs nothing else: no network, no other file. */
public final class HtmlReport {
    private static final List<Metric> COLUMNS = List.of(
            Metric.FAULTS,
            Metric.REPEATED_FAULTS,
            Metric.RECLAIMED,
            Metric.ZAPPED,
            Metric.MEAN_REFERENCED,
            Metric.PEAK_REFERENCED,
            Metric.PEAK_USED);

    private final StoredRun run;
    private final Manifest manifest;
    private final List<Comparison> comparisons;
    private final Findings findings;
    private final Warnings warnings;
    private final Html page = new Html();

    private HtmlReport(StoredRun run) {
        this.run = run;
        manifest = run.manifest();
        comparisons = Comparison.of(run);
        findings = new Findings(manifest, comparisons);
        warnings = new Warnings(manifest, comparisons);
    }

    /** The report of a run. */
    public static String of(StoredRun run) {
        return new HtmlReport(run).page();
    }

    private String page() {
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
        page.element("title", manifest.name() + " · Shadow MMU Lab").raw("\n<style>\n");
        page.raw(Html.resource("report.css")).raw(Palette.css()).raw("</style>\n</head>\n<body>\n<main>\n");
        head();
        overview();
        notes();
        String workload = "";
        for (int i = 0; i < comparisons.size(); i++) {
            Comparison comparison = comparisons.get(i);
            if (!comparison.workload().name().equals(workload)) {
                workload = comparison.workload().name();
                workloadHead(comparison.workload());
            }
            comparison(comparison, i);
        }
        proof();
        glossary();
        provenance();
        page.raw("</main>\n<script>\n").raw(Html.resource("report.js")).raw("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private void head() {
        page.raw("<header>\n").element("p class=\"kicker\"", "Shadow MMU Lab · " + manifest.name());
        page.raw("\n").element("h1", findings.headline()).raw("\n");
        page.element("p class=\"lead\"", findings.subject()).raw("\n");
        if (!manifest.description().isEmpty()) {
            page.element("p", manifest.description()).raw("\n");
        }
        List<String> lines = findings.perPolicy();
        if (lines.size() > 1) {
            page.raw("<ul>\n");
            lines.forEach(line -> page.element("li", line).raw("\n"));
            page.raw("</ul>\n");
        }
        page.raw("</header>\n");
        List<String> failures = warnings.failures();
        if (!failures.isEmpty()) {
            page.raw("<section class=\"box bad\">\n")
                    .element("h2", "Trials that failed")
                    .raw("\n<ul>\n");
            failures.forEach(failure -> page.element("li", failure).raw("\n"));
            page.raw("</ul>\n</section>\n");
        }
    }

    private void overview() {
        if (comparisons.isEmpty() || manifest.policies().isEmpty()) {
            return;
        }
        String reference = manifest.policies().get(0).label();
        page.raw("<section>\n")
                .element("h2", "Page faults, compared with " + reference)
                .raw("\n");
        page.raw("<div class=\"scroll\"><table class=\"overview\">\n<thead><tr><th>workload</th><th>quota</th>");
        manifest.policies().forEach(policy -> page.element("th class=\"n\"", policy.label()));
        page.raw("</tr></thead>\n<tbody>\n");
        for (Comparison comparison : comparisons) {
            page.raw("<tr>").element("th", comparison.workload().name()).element("td", comparison.quota());
            for (PolicyFigures figures : comparison.policies()) {
                page.raw(differenceCell(comparison, figures));
            }
            page.raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n</section>\n");
    }

    private static String differenceCell(Comparison comparison, PolicyFigures figures) {
        if (!figures.ok()) {
            return "<td class=\"n bad\">failed</td>";
        }
        double value = figures.value(Metric.FAULTS);
        PolicyFigures reference = comparison.reference().orElse(null);
        if (reference == null || reference == figures) {
            return "<td class=\"n\">" + Numbers.plain(value) + "</td>";
        }
        double base = reference.value(Metric.FAULTS);
        return "<td class=\"n " + judgement(Metric.FAULTS, value, base) + "\">" + difference(value, base) + "</td>";
    }

    private static String judgement(Metric metric, double value, double base) {
        if (value == base || metric.better() == Metric.Better.NEITHER) {
            return "";
        }
        return value < base == (metric.better() == Metric.Better.LOWER) ? "good" : "worse";
    }

    private static String difference(double value, double base) {
        return Html.escape(Numbers.difference(value, base))
                .replace('-', '\u2212')
                .replace(" %", "\u202f%");
    }

    private void notes() {
        page.raw("<section class=\"box note\">\n")
                .element("h2", "Before you believe it")
                .raw("\n<ul>\n");
        warnings.notes().forEach(note -> page.element("li", note).raw("\n"));
        page.raw("</ul>\n</section>\n");
    }

    private void workloadHead(Manifest.Workload workload) {
        page.raw("<h2 class=\"workload\">").text(workload.name()).raw("</h2>\n<p class=\"about\">");
        page.text(Numbers.capital(workload.description()) + ". Linux " + workload.kernel() + ", " + workload.vcpus()
                        + (workload.vcpus() == 1 ? " virtual CPU, " : " virtual CPUs, ")
                        + Numbers.trimmed(workload.instructions() / 1e9) + "·10⁹ instructions, "
                        + Numbers.plain(workload.accesses()) + " page accesses, "
                        + Numbers.plain(workload.slotChanges()) + " memslot changes.")
                .raw("</p>\n");
    }

    private void comparison(Comparison comparison, int number) {
        page.raw("<section class=\"comparison\" id=\"comparison-" + number + "\">\n");
        page.element("h3", Numbers.capital(comparison.quotaText())).raw("\n");
        page.element("p", findings.of(comparison)).raw("\n");
        chart(comparison);
        bars(comparison);
        table(comparison);
        page.raw("</section>\n");
    }

    private void chart(Comparison comparison) {
        LineChart chart = LineChart.of(comparison);
        if (chart.lines().isEmpty()) {
            return;
        }
        page.raw("<figure class=\"chart\">\n<figcaption>")
                .element("b", "Guest pages mapped over time")
                .raw(" <span class=\"legend\">");
        for (LineChart.Line line : chart.lines()) {
            page.raw("<span class=\"key c" + line.colour() % Palette.SIZE + "\"><i></i>")
                    .text(String.join(" = ", line.labels()))
                    .raw("</span>");
        }
        page.raw("</span></figcaption>\n");
        String title = "Guest pages mapped over time, " + comparison.place();
        for (LineChart.Size size : LineChart.Size.values()) {
            page.raw(chart.svg(size, title)).raw("\n");
        }
        page.raw("<div class=\"tip\" hidden></div>\n<script type=\"application/json\">")
                .raw(Html.scriptJson(Json.text(chartData(chart))))
                .raw("</script>\n</figure>\n");
    }

    private static Map<String, Object> chartData(LineChart chart) {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (LineChart.Line line : chart.lines()) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("label", String.join(" = ", line.labels()));
            data.put("colour", line.colour() % Palette.SIZE);
            data.put("mean", line.series().referencedMean());
            data.put("min", line.series().referencedMin());
            data.put("max", line.series().referencedMax());
            lines.add(data);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("interval", chart.interval());
        data.put("instructions", chart.instructions());
        data.put("lines", lines);
        return data;
    }

    private void bars(Comparison comparison) {
        double most = comparison.complete().stream()
                .mapToDouble(figures -> figures.value(Metric.FAULTS))
                .max()
                .orElse(0);
        if (most == 0) {
            return;
        }
        page.raw("<div class=\"bars\" role=\"img\" aria-label=\"Page faults per policy\">\n")
                .element("b", "Page faults")
                .raw("\n");
        for (int i = 0; i < comparison.policies().size(); i++) {
            PolicyFigures figures = comparison.policies().get(i);
            if (figures.ok()) {
                double value = figures.value(Metric.FAULTS);
                page.raw("<div class=\"bar c" + i % Palette.SIZE + "\">")
                        .element("span", figures.label())
                        .raw("<span class=\"track\"><i style=\"width:" + Numbers.trimmed(100 * value / most)
                                + "%\"></i></span>")
                        .element("span class=\"n\"", Numbers.plain(value))
                        .raw("</div>\n");
            }
        }
        page.raw("</div>\n");
    }

    private void table(Comparison comparison) {
        page.raw("<div class=\"scroll\"><table>\n<thead><tr><th>policy</th>");
        for (Metric metric : COLUMNS) {
            page.element("th class=\"n\" title=\"" + Html.escape(metric.meaning()) + "\"", metric.title());
        }
        page.raw("</tr></thead>\n<tbody>\n");
        PolicyFigures reference = comparison.reference().orElse(null);
        for (PolicyFigures figures : comparison.policies()) {
            page.raw("<tr>").element("th", figures.label());
            if (!figures.ok()) {
                page.raw("<td class=\"bad\" colspan=\"" + COLUMNS.size() + "\">")
                        .text(figures.failure().orElse("failed"))
                        .raw("</td></tr>\n");
                continue;
            }
            for (Metric metric : COLUMNS) {
                double value = figures.value(metric);
                page.raw("<td class=\"n\">" + Numbers.plain(value));
                if (reference != null && reference != figures) {
                    double base = reference.value(metric);
                    page.raw("<small class=\"" + judgement(metric, value, base) + "\">" + difference(value, base)
                            + "</small>");
                }
                page.raw("</td>");
            }
            page.raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n");
    }

    private void proof() {
        page.raw("<section>\n").element("h2", "Proof of use").raw("\n");
        page.element(
                        "p",
                        "Which jar each policy came from, how often it was asked, and whether that mattered. Answers that the upstream rules gave in its place are in brackets.")
                .raw("\n");
        for (Manifest.Policy policy : manifest.policies()) {
            page.raw("<h3 class=\"proof\">")
                    .text(policy.label())
                    .raw("</h3>\n<p>")
                    .text(policy.summary());
            page.raw(policy.summary().endsWith(".") ? " " : ". ")
                    .raw("From <code>")
                    .text(policy.jar());
            page.raw("</code>");
            if (!policy.sha256().isEmpty()) {
                page.raw(", SHA-256 <code class=\"hash\">")
                        .text(policy.sha256())
                        .raw("</code>");
            }
            page.raw(", built for SPI " + Html.escape(policy.api()) + ".");
            if (!policy.parameters().isEmpty()) {
                page.raw(" Parameters: <code>")
                        .text(String.join(
                                ", ",
                                policy.parameters().entrySet().stream()
                                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                                        .toList()))
                        .raw("</code>.");
            }
            page.raw("</p>\n");
            proofTable(policy);
        }
        page.raw("</section>\n");
    }

    private void proofTable(Manifest.Policy policy) {
        page.raw("<div class=\"scroll\"><table>\n<thead><tr><th>workload</th><th>quota</th>");
        for (Decision decision : Decision.values()) {
            page.element("th class=\"n\"", decision.id());
        }
        page.raw("<th class=\"n\">pages reclaimed</th></tr></thead>\n<tbody>\n");
        for (Comparison comparison : comparisons) {
            for (PolicyFigures figures : comparison.policies()) {
                if (!figures.label().equals(policy.label())) {
                    continue;
                }
                page.raw("<tr>").element("th", comparison.workload().name()).element("td", comparison.quota());
                for (Decision decision : Decision.values()) {
                    String asked = Numbers.plain(figures.asked(decision.id()));
                    boolean own = policy.decisions().contains(decision.id());
                    page.raw(own ? "<td class=\"n\">" + asked + "</td>" : "<td class=\"n dim\">(" + asked + ")</td>");
                }
                page.raw("<td class=\"n\">" + (figures.ok() ? Numbers.plain(figures.value(Metric.RECLAIMED)) : "failed")
                        + "</td></tr>\n");
            }
        }
        page.raw("</tbody></table></div>\n");
    }

    private void glossary() {
        page.raw("<section>\n").element("h2", "What the figures mean").raw("\n<dl>\n");
        for (Metric metric : COLUMNS) {
            page.element("dt", metric.title())
                    .element("dd", Numbers.capital(metric.meaning()) + ".")
                    .raw("\n");
        }
        page.raw("</dl>\n<p>")
                .text("The chart shows, for each of " + manifest.seriesSteps()
                        + " equal steps of guest instructions, the mean number of guest pages mapped (line) and the range from the"
                        + " fewest to the most (band). Vertical dashed lines are markers that the guest set between phases of its"
                        + " work. Guest memory is backed by " + backing() + " on the host.");
        page.raw("</p>\n</section>\n");
    }

    private String backing() {
        return manifest.backing().equals("4k") ? "4 KiB pages" : "2 MiB pages where they fit";
    }

    private void provenance() {
        page.raw("<section>\n")
                .element("h2", "Provenance")
                .raw("\n<p>")
                .text(
                        "Shadow MMU Lab " + manifest.lab() + ", SPI "
                                + manifest.api() + ", " + run.trials().size() + " of " + manifest.trials()
                                + " trials. The same command gives the same results, byte for byte, on any machine and with any number of jobs:");
        page.raw("</p>\n<pre>")
                .text(manifest.command())
                .raw("</pre>\n<details><summary>manifest.json</summary>\n<pre>");
        page.text(Json.pretty(manifest)).raw("</pre></details>\n</section>\n");
    }
}
