package org.shadowmmu.policy.lru;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PageVisitor;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;

/**
 * Least recently used first, with ancestors: moving a page up moves the pages above it further up, so that a directory never
 * goes before the tables it leads to.
 *
 * <p>The idea is Max Laier's (about 2010): under upstream's creation order (ZAP-20) the victim is often a directory that
 * just received a child, and everything below it becomes unreachable (ZAP-21). The forms differ in what counts as use. Each
 * is a class of its own, so that a form does not pay for the hooks of the others.
 *
 * <p>A move takes constant time; moving up takes one per way from the page to a root, i.e. 4 with 4 levels and one parent
 * each.
 */
abstract sealed class LruMoveUpPolicy implements MmuPolicy, ReclaimOrder {
    final PageQueue pages;
    private final PageVisitor moveUp = this::moveUp;

    private LruMoveUpPolicy(PolicyContext context) {
        pages = context.newQueue();
    }

    @Override
    public void pageCreated(ShadowPageView page) {
        pages.addYoungest(page);
    }

    @Override
    public @Nullable ShadowPageView nextVictim() {
        return pages.oldestVictim();
    }

    /** Moves a page to the young end, then its parents, so that they end up younger. */
    final void moveUp(ShadowPageView page) {
        pages.addYoungest(page);
        page.visitParents(moveUp);
    }

    /** When a page is created, its ancestors move up: the proof of concept of 2010. */
    static final class OnAllocation extends LruMoveUpPolicy {
        private static final long HAD_PARENT = 1;
        private final PolicyContext context;

        OnAllocation(PolicyContext context) {
            super(context);
            this.context = context;
        }

        /** A new page has no parents yet; it is linked right afterwards. Later links of the page are no allocations. */
        @Override
        public void pageLinked(ShadowPageView parent, ShadowPageView child) {
            if (context.word(child) != HAD_PARENT) {
                context.setWord(child, HAD_PARENT);
                moveUp(parent);
            }
        }
    }

    /** When a leaf is installed, its page and the ancestors move up: what the author of 2010 says it should be. */
    static final class OnMapping extends LruMoveUpPolicy {
        OnMapping(PolicyContext context) {
            super(context);
        }

        @Override
        public void leafInstalled(ShadowPageView page, int index, boolean prefetched) {
            moveUp(page);
        }
    }

    /** When a lookup finds a page again, that page alone moves up: the proposal of January 2026. */
    static final class OnLookup extends LruMoveUpPolicy {
        OnLookup(PolicyContext context) {
            super(context);
        }

        @Override
        public void pageFoundAgain(ShadowPageView page) {
            pages.addYoungest(page);
        }
    }
}
