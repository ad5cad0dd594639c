package org.shadowmmu.engine.era;

/** How well a rule variant is known. */
public enum Confidence {
    /** Recordings of that kernel agree with it. */
    RECORDED("recorded"),
    /** Read from the behaviour of that kernel's source or from the mail that changed it: (R) of the specification. */
    READ("read"),
    /** From memory of the change history: (M) of the specification. */
    RECALLED("recalled");

    private final String word;

    Confidence(String word) {
        this.word = word;
    }

    /** The word in tables. */
    public String word() {
        return word;
    }
}
