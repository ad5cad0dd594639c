package org.shadowmmu.lab.reproduce;

import java.util.List;
import org.shadowmmu.lab.time.ChangedCost;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.Price;

/** The page of results: one table per story, and the costs behind simulated time. */
public final class ResultsPage {
    private ResultsPage() {}

    /** The page as Markdown. */
    public static String of(List<Measured> stories, Sensitivity sensitivity, CostModel costs, boolean quick) {
        StringBuilder page = new StringBuilder("# Published results, claim by claim\n\n");
        page.append("Written by `./shadowmmu reproduce ")
                .append(quick ? "--quick " : "")
                .append(
                        "--page FILE`. *Counted* needs no time model. *Fitted* is a time that costs were fitted on, at least"
                                + " in part, and proves nothing by itself. *Predicted* is a time from costs fitted elsewhere.\n");
        if (!costs.changed().isEmpty()) {
            page.append("\n**").append(ChangedCost.sentence(costs.changed())).append("**\n");
        }
        for (Measured story : stories) {
            page.append("\n## ")
                    .append(story.id())
                    .append(": ")
                    .append(story.title())
                    .append("\n\n");
            page.append("| claim | published | tolerance | simulated | basis | verdict | remark |\n");
            page.append("|---|---|---|---|---|---|---|\n");
            for (Finding finding : story.findings()) {
                page.append(String.format(
                        "| %s | %s | %s | %s | %s | %s | %s |%n",
                        finding.claim(),
                        finding.published(),
                        finding.tolerance(),
                        finding.simulated(),
                        finding.basis().word(),
                        finding.reproduced() ? "reproduced" : "**not reproduced**",
                        finding.remark()));
            }
            for (String sentence : story.leftOut()) {
                page.append("\nLeft out: ").append(sentence).append('\n');
            }
        }
        page.append(sensitivity.page());
        costs(page, costs);
        return page.toString();
    }

    private static void costs(StringBuilder page, CostModel costs) {
        page.append("\n## Costs\n\n| primitive | ns | kind | source |\n|---|---:|---|---|\n");
        for (Cost cost : Cost.values()) {
            Price price = costs.price(cost);
            page.append(String.format(
                    "| %s | %s | %s | %s |%n",
                    cost.title(), price.text(), price.kind().word(), price.source()));
        }
    }
}
