package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;

/** The report of a run as one HTML file that needs nothing else: no network, no other file. */
public final class HtmlReport {
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
        failures();
        overview();
        notes();
        String workload = "";
        for (Comparison comparison : comparisons) {
            if (!comparison.workload().name().equals(workload)) {
                workload = comparison.workload().name();
                workloadHead(comparison.workload());
            }
            comparison(comparison);
        }
        proof();
        glossary();
        provenance();
        page.raw("</main>\n<script>\n").raw(Html.resource("report.js")).raw("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private void head() {
        page.raw("<header>\n").element("p class=\"kicker\"", "Shadow MMU Lab · " + manifest.name());
        page.raw("\n").element("h1", unbroken(findings.headline())).raw("\n");
        page.element("p class=\"lead\"", findings.subject()).raw("\n");
        if (!manifest.description().isEmpty()) {
            page.element("p", manifest.description()).raw("\n");
        }
        list(findings.perPolicy());
        page.raw("</header>\n");
    }

    private void failures() {
        if (!warnings.failures().isEmpty()) {
            page.raw("<section class=\"box bad\">\n")
                    .element("h2", "Trials that failed")
                    .raw("\n");
            list(warnings.failures());
            page.raw("</section>\n");
        }
    }

    private void overview() {
        if (!comparisons.isEmpty()) {
            String reference = manifest.policies().get(0).label();
            page.raw("<section>\n")
                    .element("h2", "Page faults, compared with " + reference)
                    .raw("\n");
            page.raw(FigureTables.overview(manifest, comparisons)).raw("</section>\n");
        }
    }

    private void notes() {
        page.raw("<section class=\"box note\">\n")
                .element("h2", "Before you believe it")
                .raw("\n");
        list(warnings.notes());
        page.raw("</section>\n");
    }

    private void workloadHead(Manifest.Workload workload) {
        String cpus = workload.vcpus() == 1 ? "1 virtual CPU" : workload.vcpus() + " virtual CPUs";
        page.element("h2 class=\"workload\"", workload.name()).raw("\n");
        page.element(
                        "p class=\"about\"",
                        Numbers.capital(workload.description()) + ". "
                                + (workload.kernel().isEmpty() ? "" : "Linux " + workload.kernel() + ", ") + cpus + ", "
                                + ClockUnit.of(workload).words(workload.length()) + ", "
                                + (workload.kind() == Manifest.Kind.STREAM
                                        ? Numbers.plain(workload.accesses()) + " page accesses, "
                                        : "")
                                + Numbers.plain(workload.slotChanges()) + " memslot changes."
                                + parameters(workload) + region(workload))
                .raw("\n");
    }

    private static String parameters(Manifest.Workload workload) {
        return workload.parameters().isEmpty()
                ? ""
                : " " + Numbers.capital(workload.family()) + " with "
                        + workload.parameters().entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", "))
                        + ".";
    }

    private static String region(Manifest.Workload workload) {
        Manifest.Region region = workload.region();
        ClockUnit clock = ClockUnit.of(workload);
        return region.from() == 0 && region.to() == workload.length()
                ? ""
                : " The figures are of what lies between " + clock.words(region.from()) + " and "
                        + clock.words(region.to()) + "; the charts show all.";
    }

    private void comparison(Comparison comparison) {
        page.raw("<section class=\"comparison\">\n");
        page.element("h3", comparison.place()).raw("\n");
        page.element("p", unbroken(findings.of(comparison))).raw("\n");
        chart(LineChart.Quantity.REFERENCED, comparison);
        if (comparison.reclaimed()) {
            chart(LineChart.Quantity.FAULTS, comparison);
            chart(LineChart.Quantity.RECLAIMED, comparison);
        }
        chart(LineChart.Quantity.USED, comparison);
        if (LineChart.of(LineChart.Quantity.STALE, comparison).lines().stream().anyMatch(LineChart.Line::rises)) {
            chart(LineChart.Quantity.STALE, comparison);
        }
        page.raw(FigureTables.bars(comparison))
                .raw(FigureTables.figures(comparison))
                .raw("</section>\n");
    }

    private void chart(LineChart.Quantity quantity, Comparison comparison) {
        LineChart chart = LineChart.of(quantity, comparison);
        if (chart.lines().isEmpty()) {
            return;
        }
        page.raw("<figure class=\"chart\">\n<figcaption>").element("b", quantity.title());
        page.raw(" <span class=\"legend\">");
        for (LineChart.Line line : chart.lines()) {
            page.raw("<span class=\"key c" + line.colour() + "\"><i></i>")
                    .text(line.label())
                    .raw("</span>");
        }
        page.raw("</span></figcaption>\n");
        for (LineChart.Size size : LineChart.Size.values()) {
            page.raw(new ChartSvg(chart, size).inPage(quantity.title() + ", " + comparison.place()))
                    .raw("\n");
        }
        page.raw(Html.pointer(chartData(chart))).raw("</figure>\n");
    }

    private static Map<String, Object> chartData(LineChart chart) {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (LineChart.Line line : chart.lines()) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("label", line.label());
            data.put("colour", line.colour());
            data.put("values", line.values());
            if (line.hasBand()) {
                data.put("low", line.low());
                data.put("high", line.high());
            }
            lines.add(data);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("interval", chart.interval());
        data.put("length", chart.length());
        data.put("unit", chart.clock().size());
        data.put("clock", chart.clock().suffix());
        data.put("digits", chart.clock().digits());
        data.put("lines", lines);
        return data;
    }

    private void proof() {
        page.raw("<section>\n").element("h2", "Proof of use").raw("\n");
        page.element(
                        "p",
                        "Which jar each policy came from, how often each decision was asked for, and whether any page was"
                                + " reclaimed. In brackets: decisions the policy does not take, answered by the rules of"
                                + " Linux 6.1.")
                .raw("\n");
        page.raw(ProofOfUse.of(manifest, comparisons)).raw("</section>\n");
    }

    private void glossary() {
        page.raw("<section>\n").element("h2", "What the figures mean").raw("\n<dl>\n");
        for (Metric metric : FigureTables.COLUMNS) {
            page.element("dt", metric.title())
                    .element("dd", Numbers.capital(metric.meaning()) + ".")
                    .raw("\n");
        }
        List<String> hosts = manifest.hosts().stream().map(Host::toString).toList();
        page.raw("</dl>\n")
                .element(
                        "p",
                        "The charts have " + manifest.seriesSteps()
                                + " equal steps of guest instructions (synthetic workloads: of accesses; recorded scenarios: of"
                                + " operations). Referenced guest"
                                + " pages are those that a virtual CPU reaches from its root without a page fault: when a"
                                + " directory is reclaimed, everything below it is out of reach. The line is the mean of"
                                + " a step, the band reaches from the fewest to the most seen in it. Dotted vertical lines"
                                + " are markers that the guest set between phases of its work."
                                + (hosts.size() == 1 ? " The host: " : " The hosts: ") + String.join("; ", hosts) + ".")
                .raw("\n</section>\n");
    }

    private void provenance() {
        page.raw("<section>\n").element("h2", "Provenance").raw("\n");
        page.element(
                "p",
                "Shadow MMU Lab " + manifest.lab() + ", SPI " + manifest.api() + ", "
                        + run.trials().size() + " of " + manifest.trials()
                        + " trials. The same command gives the same results, byte for byte, on any machine and with any"
                        + " number of jobs:");
        page.raw("\n").element("pre", manifest.command());
        page.raw("\n<details><summary>manifest.json: everything that determines the results</summary>\n");
        page.element("pre", Json.pretty(manifest)).raw("</details>\n</section>\n");
    }

    private void list(List<String> items) {
        page.raw("<ul>\n");
        items.forEach(item -> page.element("li", unbroken(item)).raw("\n"));
        page.raw("</ul>\n");
    }

    /** Keeps a number and its percent sign on one line. */
    private static String unbroken(String text) {
        return text.replace(" %", "\u202f%");
    }
}
