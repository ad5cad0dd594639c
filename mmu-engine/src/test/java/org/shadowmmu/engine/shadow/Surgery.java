package org.shadowmmu.engine.shadow;

/** Corrupts what no one outside can reach, so that a test sees it found. */
public final class Surgery {
    private Surgery() {}

    /** Makes two neighbours of the active list change places. */
    public static void swapWithOlder(ShadowPages pages, ShadowPage page) {
        ShadowPage other = page.older;
        if (other == null) {
            throw new IllegalArgumentException("the page is the oldest");
        }
        ShadowPage above = page.newer;
        ShadowPage below = other.older;
        if (above == null || below == null) {
            throw new IllegalArgumentException("neither may be at an end");
        }
        above.older = other;
        other.newer = above;
        other.older = page;
        page.newer = other;
        page.older = below;
        below.newer = page;
    }

    /** Makes the list forget that it holds a page. */
    public static void markUnlisted(ShadowPage page) {
        page.listed = false;
    }

    /** Cuts a page, and those behind it, off the chain of its frame. */
    public static void cutChainBefore(ShadowPage first, ShadowPage page) {
        ShadowPage at = first;
        while (at.nextInChain != page) {
            at = at.nextInChain;
        }
        at.nextInChain = page.nextInChain;
    }
}
