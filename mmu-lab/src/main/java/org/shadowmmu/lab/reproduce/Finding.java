package org.shadowmmu.lab.reproduce;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.time.CostModel;

/**
 * What came out for one published claim.
 *
 * @param claim its id, for instance S1.1
 * @param published what was published
 * @param tolerance how close is close enough
 * @param simulated what the simulator shows
 * @param basis where the simulated figure comes from
 * @param reproduced whether it lies within the tolerance
 * @param remark what must be said beside it; the reason if it is not reproduced; may be empty
 * @param pricing what comes out at other costs, from the same counted work; null if no time is involved
 */
public record Finding(
        String claim,
        String published,
        String tolerance,
        String simulated,
        Basis basis,
        boolean reproduced,
        String remark,
        @JsonIgnore @Nullable Function<CostModel, Finding> pricing) {
    /** A finding that no cost moves, or whose work was not kept. */
    public Finding(
            String claim,
            String published,
            String tolerance,
            String simulated,
            Basis basis,
            boolean reproduced,
            String remark) {
        this(claim, published, tolerance, simulated, basis, reproduced, remark, null);
    }

    /** A finding about time: what {@code pricing} makes of some costs, and can make of others. */
    public static Finding priced(CostModel costs, Function<CostModel, Finding> pricing) {
        return pricing.apply(costs).pricedBy(pricing);
    }

    /** The same finding, which can also be had at other costs. */
    public Finding pricedBy(Function<CostModel, Finding> otherCosts) {
        return new Finding(claim, published, tolerance, simulated, basis, reproduced, remark, otherCosts);
    }

    /** What comes out at other costs. */
    public Finding at(CostModel costs) {
        return pricing == null ? this : pricing.apply(costs);
    }

    /** Where a simulated figure comes from. */
    public enum Basis {
        /** Counted; no time model is involved. */
        COUNTED("counted"),
        /** Time, and the figure is one that the costs were fitted on. */
        FITTED("fitted"),
        /** Time, from costs that were fitted on other figures. */
        PREDICTED("predicted");

        private final String word;

        Basis(String word) {
            this.word = word;
        }

        /** The word in tables. */
        public String word() {
            return word;
        }
    }

    /** The verdict in words. */
    public String verdict() {
        return reproduced ? "reproduced" : "not reproduced";
    }
}
