package org.shadowmmu.api;

import org.jspecify.annotations.Nullable;

/**
 * Decides which shadow page goes next when the quota is used up.
 *
 * <p>Upstream rule (ZAP-20): the page that was created first, live roots skipped.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface ReclaimOrder {
    /**
     * Names the next victim. Called between {@link MmuPolicy#reclaimBegins} and {@link MmuPolicy#reclaimEnds}, again and
     * again until enough is reclaimed, and only while at least one page may be taken. The engine zaps the victim at once,
     * which takes it (and whatever goes with it) out of the policy's queues.
     *
     * @return a page of this virtual machine that is neither zapped nor, unless {@link #takesLiveRoots} says so, a live
     *     root; anything else, null included, ends the run
     */
    @Nullable ShadowPageView nextVictim();

    /**
     * Whether victims may be live roots, as in kernels before 5.9. Such a victim frees nothing at once: it is taken apart
     * and made invalid, every virtual CPU loads a new root, and the last one to let go frees the page (ZAP-1, ZAP-8).
     * Asked once, after the policy was created.
     */
    default boolean takesLiveRoots() {
        return false;
    }
}
