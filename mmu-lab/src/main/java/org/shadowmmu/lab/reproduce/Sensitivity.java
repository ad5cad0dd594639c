package org.shadowmmu.lab.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;

/**
 * How the verdicts on claims about time move when each cost is halved and doubled, one at a time, the counted work staying
 * the same.
 *
 * @param claims the claims that were priced anew
 * @param rows one per cost, in the order of costs
 */
public record Sensitivity(List<String> claims, List<Row> rows) {
    private static final String UNMOVED = "-";

    /**
     * One cost.
     *
     * @param cost which
     * @param halved verdicts that move when it is halved, in words
     * @param doubled verdicts that move when it is doubled, in words
     */
    public record Row(Cost cost, String halved, String doubled) {
        /** The cost's name in tables. */
        public String name() {
            return cost.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Prices the findings of stories anew. */
    public static Sensitivity of(List<Measured> stories) {
        List<Finding> priced = stories.stream()
                .flatMap(story -> story.findings().stream())
                .filter(finding -> finding.pricing() != null)
                .toList();
        // Findings are pure functions of costs, so costs may be tried side by side; the order of rows stays.
        List<Row> rows = Arrays.stream(Cost.values())
                .parallel()
                .map(cost -> new Row(cost, moved(priced, cost, 0.5), moved(priced, cost, 2)))
                .toList();
        return new Sensitivity(priced.stream().map(Finding::claim).toList(), rows);
    }

    private static String moved(List<Finding> findings, Cost cost, double factor) {
        CostModel changed = CostModel.standard().scaled(cost, factor);
        String moved = findings.stream()
                .flatMap(finding -> {
                    boolean now = finding.at(changed).reproduced();
                    return now == finding.reproduced()
                            ? Stream.empty()
                            : Stream.of(finding.claim() + (now ? " gained" : " lost"));
                })
                .collect(Collectors.joining(", "));
        return moved.isEmpty() ? UNMOVED : moved;
    }

    /** The table as text for a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder(
                "Verdicts that move when a cost is halved or doubled, of " + String.join(", ", claims) + "\n");
        int names = width(rows.stream().map(Row::name));
        int halved = width(rows.stream().map(Row::halved));
        for (Row row : rows) {
            text.append(String.format(
                    "  %-" + names + "s  halved: %-" + halved + "s  doubled: %s%n",
                    row.name(),
                    row.halved(),
                    row.doubled()));
        }
        return text.toString();
    }

    private static int width(Stream<String> cells) {
        return cells.mapToInt(String::length).max().orElse(1);
    }

    /** The table as Markdown. */
    public String page() {
        StringBuilder page =
                new StringBuilder("\n## Sensitivity\n\nVerdicts on claims about time (" + String.join(", ", claims)
                        + ") that move when one cost is halved or doubled and the counted work stays the same.\n\n"
                        + "| cost | halved | doubled |\n|---|---|---|\n");
        for (Row row : rows) {
            page.append(String.format("| %s | %s | %s |%n", row.name(), row.halved(), row.doubled()));
        }
        return page.toString();
    }
}
