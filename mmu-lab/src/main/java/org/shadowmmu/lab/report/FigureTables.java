package org.shadowmmu.lab.report;

import java.util.List;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/** The tables and bars of figures in the report. */
final class FigureTables {
    /** The figures shown, in this order. */
    static final List<Metric> COLUMNS = List.of(
            Metric.FAULTS,
            Metric.REPEATED_FAULTS,
            Metric.RECLAIMED,
            Metric.ZAPPED,
            Metric.MMU_TIME,
            Metric.MEAN_REFERENCED,
            Metric.PEAK_MAPPED,
            Metric.PEAK_USED);

    private FigureTables() {}

    /** All comparisons at a glance: page faults, as differences to the first policy. */
    static String overview(Manifest manifest, List<Comparison> comparisons) {
        Html table = new Html();
        table.raw("<div class=\"scroll\"><table class=\"overview\" style=\"--n:"
                + manifest.policies().size() + "\">\n<thead><tr><th>workload</th>");
        manifest.policies().forEach(policy -> table.element("th class=\"n\"", policy.label()));
        table.raw("</tr></thead>\n<tbody>\n");
        for (Comparison comparison : comparisons) {
            table.raw("<tr><th>").text(comparison.workload().name());
            table.element("small", comparison.quotaText()).raw("</th>");
            for (PolicyFigures figures : comparison.policies()) {
                table.raw(overviewCell(comparison, figures));
            }
            table.raw("</tr>\n");
        }
        return table.raw("</tbody></table></div>\n").toString();
    }

    private static String overviewCell(Comparison comparison, PolicyFigures figures) {
        if (!figures.ok()) {
            return "<td class=\"n worse\">failed</td>";
        }
        double value = figures.value(Metric.FAULTS);
        PolicyFigures reference = comparison.reference().orElse(null);
        if (reference == null || reference == figures) {
            return "<td class=\"n\">" + Numbers.plain(value) + "</td>";
        }
        double base = reference.value(Metric.FAULTS);
        return "<td class=\"n " + judgement(Metric.FAULTS, value, base) + "\">" + difference(value, base) + "</td>";
    }

    /** One bar of page faults per policy. */
    static String bars(Comparison comparison) {
        double most = comparison.complete().stream()
                .mapToDouble(figures -> figures.value(Metric.FAULTS))
                .max()
                .orElse(0);
        if (most == 0) {
            return "";
        }
        Html bars = new Html();
        bars.raw("<div class=\"bars\">\n").element("b", "Page faults").raw("\n");
        for (int i = 0; i < comparison.policies().size(); i++) {
            PolicyFigures figures = comparison.policies().get(i);
            if (figures.ok()) {
                double value = figures.value(Metric.FAULTS);
                bars.raw("<div class=\"bar c" + i % Palette.SIZE + "\">").element("span", figures.label());
                bars.raw("<span class=\"track\"><i style=\"width:" + Numbers.trimmed(100 * value / most)
                        + "%\"></i></span>");
                bars.element("span class=\"n\"", Numbers.plain(value)).raw("</div>\n");
            }
        }
        return bars.raw("</div>\n").toString();
    }

    /** Every figure of one comparison. */
    static String figures(Comparison comparison) {
        Html table = new Html();
        table.raw("<div class=\"scroll\"><table>\n<thead><tr><th>policy</th>");
        for (Metric metric : COLUMNS) {
            table.element("th class=\"n\" title=\"" + Html.escape(metric.meaning()) + "\"", metric.title());
        }
        table.raw("</tr></thead>\n<tbody>\n");
        for (PolicyFigures figures : comparison.policies()) {
            table.raw(row(comparison, figures));
        }
        return table.raw("</tbody></table></div>\n").toString();
    }

    private static String row(Comparison comparison, PolicyFigures figures) {
        Html row = new Html();
        if (!figures.ok()) {
            return row.raw("<tr>")
                    .element("th", figures.label())
                    .raw("<td class=\"bad\" colspan=\"" + COLUMNS.size() + "\">")
                    .text(figures.failure().orElse("failed"))
                    .raw("</td></tr>\n")
                    .toString();
        }
        PolicyFigures reference = comparison.reference().orElse(figures);
        boolean same = reference != figures && figures.sameAs(reference);
        row.raw(same ? "<tr class=\"same\"><th>" : "<tr><th>").text(figures.label());
        if (same) {
            row.element("small", "identical to " + reference.label());
        }
        row.raw("</th>");
        for (Metric metric : COLUMNS) {
            row.raw("<td class=\"n\">" + figures.text(metric));
            if (reference != figures && figures.has(metric) && reference.has(metric)) {
                double value = figures.value(metric);
                double base = reference.value(metric);
                if (!same || value != base) {
                    row.raw("<small class=\"" + judgement(metric, value, base) + "\">" + difference(value, base)
                            + "</small>");
                }
            }
            row.raw("</td>");
        }
        return row.raw("</tr>\n").toString();
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
}
