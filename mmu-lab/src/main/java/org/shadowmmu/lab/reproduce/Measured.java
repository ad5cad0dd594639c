package org.shadowmmu.lab.reproduce;

import java.util.Comparator;
import java.util.List;
import org.shadowmmu.lab.time.ChangedCost;

/**
 * A story with what came out.
 *
 * @param id the story's id
 * @param title what it is about
 * @param findings one per claim, in the order of claims
 * @param leftOut sentences about claims that were not measured
 * @param figures what a report may draw
 * @param changedCosts costs that are not the built-in ones
 * @param simulatedSeconds what the MMUs did, in simulated time; the same in every run
 */
public record Measured(
        String id,
        String title,
        List<Finding> findings,
        List<String> leftOut,
        List<Figure> figures,
        List<ChangedCost> changedCosts,
        double simulatedSeconds) {
    /** Starts the measurements of a story on a bench that no other story uses. */
    public static Pending<Measured> begin(Story story, Bench bench, boolean quick) {
        Pending<StoryResult> result = story.measure(bench, quick);
        bench.allStarted();
        return () -> {
            StoryResult told = result.get();
            List<Finding> findings = told.findings().stream()
                    .sorted(Comparator.comparing(Finding::claim))
                    .toList();
            return new Measured(
                    story.id(),
                    story.title(),
                    findings,
                    story.leftOut(),
                    told.figures(),
                    bench.costs().changed(),
                    bench.simulatedSeconds());
        };
    }

    /** The number of claims that are reproduced. */
    public long reproduced() {
        return findings.stream().filter(Finding::reproduced).count();
    }

    /** The findings as text for a terminal. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(id).append("  ").append(title).append('\n');
        for (Finding finding : findings) {
            text.append(String.format(
                    "%-6s %s (%s)%n",
                    finding.claim(), finding.verdict(), finding.basis().word()));
            line(text, "published", finding.published());
            line(text, "tolerance", finding.tolerance());
            line(text, "simulated", finding.simulated());
            if (!finding.remark().isEmpty()) {
                line(text, "remark", finding.remark());
            }
        }
        for (String sentence : leftOut) {
            line(text, "left out", sentence);
        }
        text.append(reproduced()).append(" of ").append(findings.size()).append(" measured claims reproduced\n");
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("       %-10s %s%n", name, value));
    }
}
