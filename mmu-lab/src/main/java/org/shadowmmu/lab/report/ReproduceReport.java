package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.shadowmmu.lab.reproduce.Figure;
import org.shadowmmu.lab.reproduce.Finding;
import org.shadowmmu.lab.reproduce.Measured;
import org.shadowmmu.lab.reproduce.Sensitivity;
import org.shadowmmu.lab.time.ChangedCost;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.Price;

/** The published claims with their verdicts and plots, as one HTML page that needs nothing else. */
public final class ReproduceReport {
    private final List<Measured> stories;
    private final Sensitivity sensitivity;
    private final CostModel costs;
    private final boolean quick;
    private final Html page = new Html();

    private ReproduceReport(List<Measured> stories, Sensitivity sensitivity, CostModel costs, boolean quick) {
        this.stories = stories;
        this.sensitivity = sensitivity;
        this.costs = costs;
        this.quick = quick;
    }

    /** The page; the same stories give the same bytes. */
    public static String of(List<Measured> stories, Sensitivity sensitivity, CostModel costs, boolean quick) {
        return new ReproduceReport(stories, sensitivity, costs, quick).page();
    }

    private String page() {
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
        page.element("title", "Published results, claim by claim · Shadow MMU Lab")
                .raw("\n<style>\n");
        page.raw(Html.resource("report.css")).raw(Palette.css()).raw("</style>\n</head>\n<body>\n<main>\n");
        head();
        overview();
        stories.forEach(this::story);
        if (!sensitivity.claims().isEmpty()) {
            sensitivity();
        }
        costs();
        return page.raw("</main>\n<script>\n")
                .raw(Html.resource("report.js"))
                .raw("</script>\n</body>\n</html>\n")
                .toString();
    }

    private void head() {
        long measured =
                stories.stream().mapToLong(story -> story.findings().size()).sum();
        long reproduced = stories.stream().mapToLong(Measured::reproduced).sum();
        page.raw("<header>\n").element("p class=\"kicker\"", "Shadow MMU Lab · published results, claim by claim");
        page.element("h1", reproduced + " of " + measured + " measured claims are reproduced");
        page.raw("\n<p class=\"lead\">");
        page.text("A claim that is not reproduced is a result, and its remark says why.");
        page.raw("</p>\n");
        if (quick) {
            page.element("p", "Scaled down (--quick): the large stories ran with less memory or fewer boots.");
        }
        if (!costs.changed().isEmpty()) {
            page.element("p", ChangedCost.sentence(costs.changed()));
        }
        page.element(
                "p class=\"about\"",
                "Counted: no time model is involved. Fitted: a time that costs were fitted on, at least in part, which proves"
                        + " nothing by itself. Predicted: a time from costs fitted elsewhere.");
        page.raw("</header>\n");
    }

    private void overview() {
        page.raw("<section>\n").element("h2", "The stories");
        page.raw("\n<div class=\"scroll\"><table class=\"claims\">\n<thead><tr><th>story</th>"
                + "<th class=\"n\">reproduced</th><th>not reproduced</th></tr></thead>\n<tbody>\n");
        for (Measured story : stories) {
            page.raw("<tr><th>").text(story.title());
            page.element("small", story.id()).raw("</th>");
            page.element(
                    "td class=\"n\"",
                    story.reproduced() + " of " + story.findings().size());
            List<String> open = story.findings().stream()
                    .filter(finding -> !finding.reproduced())
                    .map(Finding::claim)
                    .toList();
            page.element(
                            "td class=\"" + (open.isEmpty() ? "dim" : "worse") + "\"",
                            open.isEmpty() ? "none" : String.join(", ", open))
                    .raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n</section>\n");
    }

    private void story(Measured story) {
        page.element("h2 class=\"workload\"", story.title()).raw("\n");
        page.element(
                        "p class=\"about\"",
                        story.id() + ", " + story.reproduced() + " of "
                                + story.findings().size() + " measured claims reproduced")
                .raw("\n");
        for (Figure figure : story.figures()) {
            page.raw("<section>\n").element("h3", figure.title());
            page.element("p class=\"about small\"", figure.note()).raw("\n");
            if (figure instanceof Figure.Curves curves) {
                curves(curves);
            } else if (figure instanceof Figure.Bars bars) {
                bars(bars);
            }
            page.raw("</section>\n");
        }
        page.raw("<section>\n");
        story.findings().forEach(this::claim);
        if (!story.leftOut().isEmpty()) {
            page.raw("<ul>\n");
            story.leftOut()
                    .forEach(sentence -> page.element("li", "Left out: " + unbroken(sentence))
                            .raw("\n"));
            page.raw("</ul>\n");
        }
        page.raw("</section>\n");
    }

    private void claim(Finding finding) {
        page.raw("<h3 class=\"claim\">").text(finding.claim() + " ");
        page.element("span class=\"" + (finding.reproduced() ? "good" : "worse") + "\"", finding.verdict());
        page.element("small class=\"dim\"", " " + finding.basis().word()).raw("</h3>\n<dl>\n");
        entry("published", finding.published());
        entry("tolerance", finding.tolerance());
        entry("simulated", finding.simulated());
        if (!finding.remark().isEmpty()) {
            entry("remark", finding.remark());
        }
        page.raw("</dl>\n");
    }

    private void entry(String name, String text) {
        page.element("dt", name).element("dd", unbroken(text)).raw("\n");
    }

    private void curves(Figure.Curves figure) {
        List<CurvePlot.Line> lines = lines(figure);
        page.raw("<figure class=\"chart\">\n<figcaption><span class=\"legend\">");
        for (CurvePlot.Line line : lines) {
            page.raw("<span class=\"key c" + line.colour() + "\"><i></i>")
                    .text(line.label())
                    .raw("</span>");
        }
        page.raw("</span></figcaption>\n");
        for (LineChart.Size size : LineChart.Size.values()) {
            page.raw(plot(figure, lines, size).inPage(figure.title()));
        }
        page.raw(Html.pointer(plot(figure, lines, LineChart.Size.WIDE).pointer()));
        page.raw("</figure>\n");
    }

    /** Curves with the same course share a line. */
    private static List<CurvePlot.Line> lines(Figure.Curves figure) {
        List<CurvePlot.Line> lines = new ArrayList<>();
        for (Figure.Curve curve : figure.curves()) {
            int same = 0;
            while (same < lines.size() && !Arrays.equals(lines.get(same).y(), curve.y())) {
                same++;
            }
            if (same == lines.size()) {
                lines.add(new CurvePlot.Line(curve.label(), same % Palette.SIZE, curve.x(), curve.y()));
            } else {
                CurvePlot.Line line = lines.get(same);
                lines.set(
                        same,
                        new CurvePlot.Line(line.label() + " = " + curve.label(), line.colour(), line.x(), line.y()));
            }
        }
        return lines;
    }

    private static CurvePlot plot(Figure.Curves figure, List<CurvePlot.Line> lines, LineChart.Size size) {
        return new CurvePlot(lines, figure.xUnit(), figure.place(), figure.yUnit(), false, size);
    }

    private void bars(Figure.Bars figure) {

        List<String> labels =
                figure.bars().stream().map(Figure.Bar::label).distinct().toList();
        page.raw("<div class=\"bars aligned\">\n").element("b", figure.unit()).raw("\n");
        String group = "";
        for (Figure.Bar bar : figure.bars()) {
            if (!bar.group().equals(group)) {
                group = bar.group();
                page.element("p class=\"group about small\"", group).raw("\n");
            }
            String place = group;
            double most = figure.bars().stream()
                    .filter(other -> other.group().equals(place))
                    .mapToDouble(other -> length(figure, other.value()))
                    .max()
                    .orElse(0);
            double share = most == 0 ? 0 : 100 * length(figure, bar.value()) / most;
            page.raw("<div class=\"bar c" + labels.indexOf(bar.label()) % Palette.SIZE + "\">")
                    .element("span", bar.label());
            page.raw("<span class=\"track\"><i style=\"width:" + String.format(Locale.ROOT, "%.1f", share)
                    + "%\"></i></span>");
            page.element("span class=\"n\"", Numbers.plain(Math.rint(bar.value())))
                    .raw("</div>\n");
        }
        page.raw("</div>\n");
    }

    /** How long a bar is; with powers of ten, 1 still has a bar. */
    private static double length(Figure.Bars figure, double value) {
        return figure.powers() ? 0.2 + Math.log10(Math.max(1, value)) : value;
    }

    private void sensitivity() {
        page.raw("<section>\n").element("h2", "Which cost carries which verdict");
        page.element(
                "p class=\"about\"",
                "Verdicts that move when one cost is halved or doubled and the counted work stays the same, of the claims about"
                        + " time: " + String.join(", ", sensitivity.claims()) + ".");
        page.raw("\n<div class=\"scroll\"><table class=\"claims\">\n<thead><tr><th>cost</th><th>halved</th>"
                + "<th>doubled</th></tr></thead>\n<tbody>\n");
        for (Sensitivity.Row row : sensitivity.rows()) {
            page.raw("<tr>")
                    .element("th", row.name())
                    .element(verdict(row.halved()), row.halved())
                    .element(verdict(row.doubled()), row.doubled())
                    .raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n");
        page.raw(
                "<details class=\"below\">\n<summary>The figures that move</summary>\n<div class=\"scroll\"><table class=\"claims\">\n"
                        + "<thead><tr><th>claim</th><th>cost</th><th>halved</th><th>doubled</th></tr></thead>\n<tbody>\n");
        for (Sensitivity.Moved moved : sensitivity.moved()) {
            page.raw("<tr>")
                    .element("th", moved.figure().claim())
                    .element("td", moved.cost())
                    .element("td", unbroken(moved.figure().halved()))
                    .element("td", unbroken(moved.figure().doubled()))
                    .raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n</details>\n</section>\n");
    }

    /** A cell that says nothing steps back. */
    private static String verdict(String moved) {
        return moved.equals(Sensitivity.UNMOVED) ? "td class=\"dim\"" : "td";
    }

    private void costs() {
        page.raw("<section>\n").element("h2", "What a primitive costs");
        page.element(
                "p class=\"about\"",
                "Simulated time is the number of primitives times these. No claim is met by a cost of its own.");
        page.raw(
                "\n<div class=\"scroll\"><table class=\"claims\">\n<thead><tr><th>primitive</th><th class=\"n\">ns</th>"
                        + "<th>kind</th><th>source</th></tr></thead>\n<tbody>\n");
        for (Cost cost : Cost.values()) {
            Price price = costs.price(cost);
            page.raw("<tr>")
                    .element("th", cost.title())
                    .element("td class=\"n\"", price.text())
                    .element("td", price.kind().word())
                    .element("td", unbroken(price.source()))
                    .raw("</tr>\n");
        }
        page.raw("</tbody></table></div>\n</section>\n");
    }

    /** Keeps a number and its percent sign on one line. */
    private static String unbroken(String text) {
        return text.replace(" %", "\u202f%");
    }
}
