package org.shadowmmu.api;

import org.jspecify.annotations.Nullable;

/**
 * Decides which shadow page goes next when the quota is used up.
 *
 * <p>Upstream rule (ZAP-20): the page that was created first, live roots skipped.
 */
public interface ReclaimOrder {
    /**
     * Names the next victim. Called between {@link MmuPolicy#reclaimBegins} and {@link MmuPolicy#reclaimEnds}, again and
     * again until enough is reclaimed, and only while at least one page may be taken. The engine zaps the victim at once,
     * which takes it (and whatever goes with it) out of the policy's queues.
     *
     * @return a page of this virtual machine that is neither zapped nor a live root; anything else, null included, ends
     *     the run
     */
    @Nullable ShadowPageView nextVictim();
}
