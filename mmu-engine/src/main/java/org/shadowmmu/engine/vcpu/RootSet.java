package org.shadowmmu.engine.vcpu;

/** The current root of one MMU context and up to three roots that were current before (VC-10). */
public final class RootSet {
    /** Previous roots that are kept (KVM_MMU_NUM_PREV_ROOTS). */
    public static final int PREVIOUS = 3;

    private final Root current = new Root();
    private final Root[] previous = {new Root(), new Root(), new Root()};

    /** The root in use. */
    public Root current() {
        return current;
    }

    /** A root that was in use, 0 the latest. */
    public Root previous(int index) {
        return previous[index];
    }
}
