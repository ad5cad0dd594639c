package org.shadowmmu.api;

/**
 * One of the four questions that the engine asks. Each may be answered by another policy; a decision that no policy
 * takes follows the upstream rule of Linux 6.1.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public enum Decision {
    /** Which shadow page is reclaimed next ({@link ReclaimOrder}; upstream: ZAP-20, oldest creation first). */
    RECLAIM_ORDER("reclaim-order", ReclaimOrder.class),
    /** Whether a child that lost its last parent goes with it ({@link ChildZap}; upstream: ZAP-10). */
    CHILD_ZAP("child-zap", ChildZap.class),
    /** How much is zapped when a memslot is deleted or moved ({@link MemslotZap}; upstream: MS-20). */
    MEMSLOT_ZAP("memslot-zap", MemslotZap.class),
    /** In which order a TDP MMU root is torn down ({@link RootZap}; upstream: TDP-22). */
    ROOT_ZAP("root-zap", RootZap.class);

    private final String id;
    private final Class<?> type;

    Decision(String id, Class<?> type) {
        this.id = id;
        this.type = type;
    }

    /** The name used in experiment files and reports, for instance {@code reclaim-order}. */
    public String id() {
        return id;
    }

    /** The interface that a policy implements in order to take this decision. */
    public Class<?> type() {
        return type;
    }
}
