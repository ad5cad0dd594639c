package org.shadowmmu.engine.policy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ShadowPageView;

/** The pages of one virtual machine that policies may speak of, by id. A page is live from its creation to its zap. */
final class LivePages {
    private ShadowPageView[] views = new ShadowPageView[64];
    private boolean[] live = new boolean[64];

    void add(ShadowPageView page) {
        int id = page.id();
        if (id >= live.length) {
            int length = Math.max(id + 1, 2 * live.length);
            views = Arrays.copyOf(views, length);
            live = Arrays.copyOf(live, length);
        }
        if (live[id]) {
            throw new IllegalStateException("page id " + id + " was given to a second page while the first one lives");
        }
        if (views[id] != page) {
            views[id] = page;
        }
        live[id] = true;
    }

    /** Ends a page. Its view stays in the table so that a policy that still names it can be told what is wrong. */
    void remove(ShadowPageView page) {
        live[idOf(page)] = false;
    }

    /** Whether this very object is a live page of the virtual machine. */
    boolean contains(ShadowPageView page) {
        int id = page.id();
        return id >= 0 && id < live.length && live[id] && views[id] == page;
    }

    /** Whether this very object was a page of the virtual machine and was zapped. */
    boolean wasZapped(ShadowPageView page) {
        int id = page.id();
        return id >= 0 && id < live.length && !live[id] && views[id] == page;
    }

    /**
     * The id of a live page.
     *
     * @throws IllegalArgumentException if the page is not live
     */
    int idOf(ShadowPageView page) {
        if (!contains(page)) {
            throw new IllegalArgumentException(
                    wasZapped(page) ? "the page was already zapped" : "the page is none of this virtual machine");
        }
        return page.id();
    }

    /** The live page with this id, which must have one; null for -1. */
    @Nullable ShadowPageView view(int id) {
        return id < 0 ? null : views[id];
    }
}
