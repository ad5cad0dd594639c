package org.shadowmmu.policy.fifo;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.api.UnlinkCause;

/**
 * Upstream's rules as of Linux 6.1: the baseline of every comparison.
 *
 * <p>The reclaim order is creation order and nothing else. Use never moves a page, so directories, which are created before
 * the tables below them, go first (ZAP-20, ZAP-21, ZAP-25). Commit 5da596078f91 (2013) calls it "FIFO zapping"; 6b82ef2c9cf1
 * (v5.9) made it skip live roots, and 8fc517267fb2 (v5.11) turned it the right way round again.
 */
final class FifoPolicy implements MmuPolicy, ReclaimOrder, ChildZap, MemslotZap, RootZap {
    private final PageQueue pages;
    private final boolean newestFirst;
    private final boolean skipLiveRoots;

    FifoPolicy(PolicyContext context, boolean newestFirst, boolean skipLiveRoots) {
        pages = context.newQueue();
        this.newestFirst = newestFirst;
        this.skipLiveRoots = skipLiveRoots;
    }

    @Override
    public void pageCreated(ShadowPageView page) {
        pages.addYoungest(page);
    }

    /** The page created first, live roots skipped (ZAP-20); or as the parameters say. */
    @Override
    public @Nullable ShadowPageView nextVictim() {
        if (skipLiveRoots) {
            return newestFirst ? pages.youngestVictim() : pages.oldestVictim();
        }
        return newestFirst ? pages.youngest() : pages.oldest();
    }

    /** Before 5.9 a root in use was taken like any other page (ZAP-24). */
    @Override
    public boolean takesLiveRoots() {
        return !skipLiveRoots;
    }

    /**
     * A nested page goes with its last parent under two-dimensional paging, but not when the guest's own write removed the
     * link (ZAP-10; 2de4085cccea, v5.10).
     */
    @Override
    public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
        return tdpEnabled && child.guestMode() && cause != UnlinkCause.EMULATED_WRITE;
    }

    /** What the simulated kernel does: in 6.1 everything, by a new generation (MS-20; 002c5f73c508). */
    @Override
    public MemslotZapScope scope(MemslotChange change) {
        return MemslotZapScope.UPSTREAM;
    }

    /** What the simulated kernel does: in 6.1 1 GiB subtrees, then the root (TDP-22; 1b6043e8e584, v5.18). */
    @Override
    public RootZapOrder order(int rootLevel, int addressSpace) {
        return RootZapOrder.UPSTREAM;
    }
}
