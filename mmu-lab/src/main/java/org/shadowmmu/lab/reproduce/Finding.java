package org.shadowmmu.lab.reproduce;

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
 */
public record Finding(
        String claim,
        String published,
        String tolerance,
        String simulated,
        Basis basis,
        boolean reproduced,
        String remark) {
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
