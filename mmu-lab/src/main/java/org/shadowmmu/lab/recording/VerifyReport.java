package org.shadowmmu.lab.recording;

/** Where the results of a comparison go, in file order. */
public interface VerifyReport {
    /** Takes the result of one recording. */
    void add(Verification verification);

    /** Takes the totals, after the last recording. */
    void end(VerifyTotals totals);
}
