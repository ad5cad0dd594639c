package org.shadowmmu.lab.statistics;

/** What a comparison says about the candidate, in the words of the report. */
public enum Verdict {
    /** A difference for the better, not proven too small to matter. */
    BETTER("better"),
    /** A difference for the worse, not proven too small to matter. */
    WORSE("worse"),
    /** A difference that exists, and is proven to be smaller than the smallest that matters. */
    TOO_SMALL("differs, but below the smallest effect that matters"),
    /** The trials do not tell the two apart. */
    UNDETECTED("no detectable difference"),
    /** Every trial gave the same figure. */
    IDENTICAL("identical in every trial");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** The verdict in words. */
    public String words() {
        return words;
    }

    /** Whether it says which of the two is to be preferred. */
    public boolean prefers() {
        return this == BETTER || this == WORSE;
    }
}
