package org.shadowmmu.engine.shadow;

import org.jspecify.annotations.Nullable;

/** Pages that are zapped but not freed yet; a commit flushes once and frees them (ZAP-15). */
public final class InvalidList {
    private @Nullable ShadowPage first;

    /** Whether nothing waits. */
    public boolean isEmpty() {
        return first == null;
    }

    /** Puts a page, which is on no other list, in front. */
    public void push(ShadowPage page) {
        page.older = first;
        first = page;
    }

    /** Takes the page in front; null if there is none. */
    public @Nullable ShadowPage poll() {
        ShadowPage page = first;
        if (page != null) {
            first = page.older;
            page.older = null;
        }
        return page;
    }
}
