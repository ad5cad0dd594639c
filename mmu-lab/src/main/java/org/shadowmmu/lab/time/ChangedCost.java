package org.shadowmmu.lab.time;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A cost that is not the built-in one.
 *
 * @param cost its key
 * @param nanos what it is now
 * @param builtIn what it is in the built-in file
 * @param source who says so
 */
public record ChangedCost(String cost, double nanos, double builtIn, String source) {
    /** The change in words: {@code chain-step 120 ns instead of 100 (given by mine.yaml)}. */
    public String text() {
        return cost + " " + Price.text(nanos) + " ns instead of " + Price.text(builtIn) + " (" + source + ")";
    }

    /** A sentence that names all; empty if there are none. */
    public static String sentence(List<ChangedCost> changed) {
        return changed.isEmpty()
                ? ""
                : "Costs that are not the built-in ones: "
                        + changed.stream().map(ChangedCost::text).collect(Collectors.joining("; ")) + ".";
    }
}
