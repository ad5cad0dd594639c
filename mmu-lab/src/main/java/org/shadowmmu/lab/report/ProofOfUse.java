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
            proof.raw(origins(policy)).raw(table(policy, comparisons));
        }
        return proof.toString();
    }

    private static String origins(Manifest.Policy policy) {
        StringBuilder all = new StringBuilder();
        for (Manifest.Part part : policy.parts()) {
            all.append(origin(part, policy.parts().size() > 1));
        }
        return all.toString();
    }

    private static String origin(Manifest.Part part, boolean mixed) {
        Html text = new Html();
        text.raw("<p>");
        if (mixed) {
            text.element("b", Numbers.list(part.decisions()))
                    .raw(" by ")
                    .element("code", part.id())
                    .raw(": ");
        }
        String summary = mixed ? part.summary() : Numbers.capital(part.summary());
        text.text(summary).raw(summary.endsWith(".") ? " " : ". ");
        text.raw("From ").element("code", part.jar());
        if (!part.sha256().isEmpty()) {
            text.raw(", SHA-256 ").element("code class=\"hash\"", part.sha256());
        }
        text.raw(", built for SPI ").text(part.api()).raw(".");
        if (!part.parameters().isEmpty()) {
            List<String> settings = part.parameters().entrySet().stream()
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
