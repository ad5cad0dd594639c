package org.shadowmmu.engine.fault;

/** How the handling of a page fault ended (PF-5). */
public enum Outcome {
    /** The guest tries again; nothing was installed. */
    RETRY,
    /** The instruction must be emulated. */
    EMULATE,
    /** A fault on a reserved bit turned out to be an ordinary one (PF-60). */
    INVALID,
    /** A mapping was installed. */
    FIXED,
    /** The mapping was there already. */
    SPURIOUS,
    /** The fault cannot be handled: no shadow page is available (PF-20). */
    NO_PAGES;

    /** The number of the outcome in Linux 6.1 ({@code RET_PF_*}). */
    public int number() {
        return switch (this) {
            case RETRY -> 1;
            case EMULATE -> 2;
            case INVALID -> 3;
            case FIXED -> 4;
            case SPURIOUS -> 5;
            case NO_PAGES -> 0;
        };
    }
}
