package org.shadowmmu.api;

/**
 * Decides whether a child page is zapped together with the parent that linked it last.
 *
 * <p>Upstream rule (ZAP-10): yes, if two-dimensional paging is on, the child has {@code guest_mode} and is no live root,
 * and the link went for another reason than {@link UnlinkCause#EMULATED_WRITE}. A child that is not zapped stays allocated
 * and is found again when its parent is rebuilt, or is reclaimed some day.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface ChildZap {
    /**
     * Answers for a child that just lost its last parent. Called while the parent is zapped or its entry replaced; never
     * for a live root, which always stays.
     *
     * @param child the page without parents
     * @param tdpEnabled whether the host uses two-dimensional paging
     * @param cause what removed the last link
     * @return true to zap the child now, recursively, as part of the same operation
     */
    boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause);
}
