package org.shadowmmu.lab.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
    /** In place of verdicts, where none moves. */
    public static final String UNMOVED = "-";

    /**
     * One cost.
     *
     * @param cost which
     * @param halved verdicts that move when it is halved, in words
     * @param doubled verdicts that move when it is doubled, in words
     * @param figures the figures that it moves
     */
    public record Row(Cost cost, String halved, String doubled, List<Figure> figures) {
        /** The cost's name in tables. */
        public String name() {
            return cost.title();
        }
    }

    /** What is simulated for a claim when a cost is halved and doubled. */
    public record Figure(String claim, String halved, String doubled) {}

    /** A finding when a cost is halved and doubled. */
    private record Pair(Finding finding, Finding halved, Finding doubled) {
        static Pair of(Finding finding, CostModel costs, Cost cost) {
            return new Pair(finding, finding.at(costs.scaled(cost, 0.5)), finding.at(costs.scaled(cost, 2)));
        }

        boolean moves() {
            return !halved.simulated().equals(doubled.simulated());
        }

        Figure figure() {
            return new Figure(finding.claim(), halved.simulated(), doubled.simulated());
        }
    }

    /** Prices the findings of stories anew: {@code costs} are those that they were measured with. */
    public static Sensitivity of(List<Measured> stories, CostModel costs, Workers workers) {
        List<Finding> priced = stories.stream()
                .flatMap(story -> story.findings().stream())
                .filter(finding -> finding.pricing() != null)
                .toList();
        // Findings are pure functions of costs, so costs may be tried side by side; the order of rows stays.
        List<Pending<Row>> rows = Arrays.stream(Cost.values())
                .map(cost -> workers.start(() -> row(priced, costs, cost)))
                .toList();
        return new Sensitivity(
                priced.stream().map(Finding::claim).toList(),
                rows.stream().map(Pending::get).toList());
    }

    private static Row row(List<Finding> findings, CostModel costs, Cost cost) {
        List<Pair> pairs =
                findings.stream().map(finding -> Pair.of(finding, costs, cost)).toList();
        List<Figure> figures =
                pairs.stream().filter(Pair::moves).map(Pair::figure).toList();
        return new Row(cost, moved(pairs, Pair::halved), moved(pairs, Pair::doubled), figures);
    }

    private static String moved(List<Pair> pairs, Function<Pair, Finding> side) {
        String moved = pairs.stream()
                .filter(pair -> side.apply(pair).reproduced() != pair.finding().reproduced())
                .map(pair -> pair.finding().claim() + (side.apply(pair).reproduced() ? " gained" : " lost"))
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
        page.append("\nThe figures that move:\n\n| claim | cost | halved | doubled |\n|---|---|---|---|\n");
        for (Moved moved : moved()) {
            Figure figure = moved.figure();
            page.append(String.format(
                    "| %s | %s | %s | %s |%n", figure.claim(), moved.cost(), figure.halved(), figure.doubled()));
        }
        return page.toString();
    }

    /** A figure with the name of the cost that moves it. */
    public record Moved(String cost, Figure figure) {}

    /** The figures that move, claim by claim. */
    public List<Moved> moved() {
        return claims.stream()
                .flatMap(claim -> rows.stream()
                        .flatMap(row -> row.figures().stream()
                                .filter(figure -> figure.claim().equals(claim))
                                .map(figure -> new Moved(row.name(), figure))))
                .toList();
    }

    /** Both tables as the value of one JSON object, so that its kind can be told by its only key. */
    public Map<String, Object> json() {
        return Map.of(
                "sensitivity", new Line(claims, rows.stream().map(Line.Cell::of).toList()));
    }

    /** The table in JSON: costs by their keys, moved verdicts as text. */
    private record Line(List<String> claims, List<Cell> costs) {
        private record Cell(String cost, String halved, String doubled, List<Figure> figures) {
            static Cell of(Row row) {
                return new Cell(row.cost().key(), row.halved(), row.doubled(), row.figures());
            }
        }
    }
}
