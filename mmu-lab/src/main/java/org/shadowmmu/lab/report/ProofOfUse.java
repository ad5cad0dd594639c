package org.shadowmmu.lab.report;

import java.util.List;
import org.shadowmmu.api.Decision;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;

/** The part of the report that proves which jar each policy came from, that it was asked, and whether that mattered. */
final class ProofOfUse {
    private ProofOfUse() {}

    /** The proof of every policy. */
    static String of(Manifest manifest, List<Comparison> comparisons) {
        Html proof = new Html();
        for (Manifest.Policy policy : manifest.policies()) {
            proof.element("h3 class=\"proof\"", policy.label()).raw("\n");
            proof.raw(origin(policy)).raw(table(policy, comparisons));
        }
        return proof.toString();
    }

    private static String origin(Manifest.Policy policy) {
        Html text = new Html();
        String summary = Numbers.capital(policy.summary());
        text.raw("<p>").text(summary).raw(summary.endsWith(".") ? " " : ". ");
        text.raw("From ").element("code", policy.jar());
        if (!policy.sha256().isEmpty()) {
            text.raw(", SHA-256 ").element("code class=\"hash\"", policy.sha256());
        }
        text.raw(", built for SPI ").text(policy.api()).raw(".");
        if (!policy.parameters().isEmpty()) {
            List<String> settings = policy.parameters().entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .toList();
            text.raw(" Parameters: ")
                    .element("code", String.join(", ", settings))
                    .raw(".");
        }
        return text.raw("</p>\n").toString();
    }

    private static String table(Manifest.Policy policy, List<Comparison> comparisons) {
        Html table = new Html();
        table.raw("<div class=\"scroll\"><table>\n<thead><tr><th>workload</th>");
        for (Decision decision : Decision.values()) {
            table.element("th class=\"n\"", decision.id());
        }
        table.raw("<th class=\"n\">pages reclaimed</th></tr></thead>\n<tbody>\n");
        for (Comparison comparison : comparisons) {
            for (PolicyFigures figures : comparison.policies()) {
                if (figures.label().equals(policy.label())) {
                    table.raw(row(policy, comparison, figures));
                }
            }
        }
        return table.raw("</tbody></table></div>\n").toString();
    }

    private static String row(Manifest.Policy policy, Comparison comparison, PolicyFigures figures) {
        Html row = new Html();
        row.raw("<tr><th>").text(comparison.workload().name());
        row.element("small", comparison.quotaText()).raw("</th>");
        for (Decision decision : Decision.values()) {
            String asked = Numbers.plain(figures.asked(decision.id()));
            boolean own = policy.decisions().contains(decision.id());
            row.raw(own ? "<td class=\"n\">" + asked + "</td>" : "<td class=\"n dim\">(" + asked + ")</td>");
        }
        String reclaimed = figures.ok() ? Numbers.plain(figures.value(Metric.RECLAIMED)) : "failed";
        return row.raw("<td class=\"n\">" + reclaimed + "</td></tr>\n").toString();
    }
}
