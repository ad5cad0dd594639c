package org.shadowmmu.api;

/**
 * A policy of one virtual machine: the hooks by which the engine tells what happens to shadow pages.
 *
 * <p>Every hook does nothing by default, and one that is not overridden costs nothing. To take a decision a policy also
 * implements {@link ReclaimOrder}, {@link ChildZap}, {@link MemslotZap} or {@link RootZap}. Hooks run inside the engine's
 * operation: they must not block, call back into the engine other than through the views and the context they are given,
 * or start threads. An exception ends the run with a report that names the jar, the policy, the hook and the event.
 *
 * <p>Hooks speak of the pages of the legacy MMU (OV-3a). The TDP MMU has no quota and takes part in {@link RootZap} and
 * {@link MemslotZap} only.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface MmuPolicy {
    /**
     * A page was created, is empty, and has no parent yet (SP-15). Upstream puts it at the young end of its list here.
     */
    default void pageCreated(ShadowPageView page) {}

    /** A lookup found an existing page instead of creating one (SP-12, "existing" of {@code kvm_mmu_get_page}). */
    default void pageFoundAgain(ShadowPageView page) {}

    /** An SPTE of {@code parent} now points to {@code child} (SP-22). */
    default void pageLinked(ShadowPageView parent, ShadowPageView child) {}

    /** An SPTE of {@code parent} no longer points to {@code child}, which may have other parents (ZAP-1, EM-18). */
    default void pageUnlinked(ShadowPageView parent, ShadowPageView child) {}

    /**
     * A leaf SPTE was installed or changed by a fault or by prefetch (ST-22).
     *
     * @param page the page that holds the SPTE
     * @param index its index, 0 to 511
     * @param prefetched whether it is a neighbour of the faulting entry (PR-1)
     */
    default void leafInstalled(ShadowPageView page, int index, boolean prefetched) {}

    /** The processor set the accessed bit of a leaf SPTE that had it clear (OV-8). */
    default void accessedBitSet(ShadowPageView page, int index) {}

    /** The page became unsync (US-2). */
    default void pageUnsynced(ShadowPageView page) {}

    /** The page was synchronised with the guest's table and is no longer unsync (US-20). */
    default void pageSynced(ShadowPageView page) {}

    /** Emulated writes flooded the page, or one was misaligned; it is zapped next (EM-17). */
    default void writeFlooded(ShadowPageView page) {}

    /**
     * The page is being zapped: it has no children, no parents, and is no longer counted (ZAP-1). After this call the
     * view is invalid. A live root passes here when the zap detaches it, and only then.
     */
    default void pageZapped(ShadowPageView page) {}

    /** A memslot is about to be created, deleted, moved or changed (MS-2); before anything is zapped for it. */
    default void slotChanging(MemslotChange change) {}

    /**
     * Reclaim begins (ZAP-20).
     *
     * @param wanted the number of pages to reclaim, counted as ZAP-3 counts, 1 or more
     */
    default void reclaimBegins(int wanted) {}

    /**
     * Reclaim ended.
     *
     * @param reclaimed the number of pages reclaimed as counted by ZAP-3; may be more or less than wanted
     */
    default void reclaimEnds(int reclaimed) {}
}
