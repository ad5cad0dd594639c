package org.shadowmmu.engine.policy;

import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.ShadowPageView;

/** One hook of {@link MmuPolicy}; tells which policies override it, so that the others are never called. */
enum Hook {
    PAGE_CREATED("pageCreated", ShadowPageView.class),
    PAGE_FOUND_AGAIN("pageFoundAgain", ShadowPageView.class),
    PAGE_LINKED("pageLinked", ShadowPageView.class, ShadowPageView.class),
    PAGE_UNLINKED("pageUnlinked", ShadowPageView.class, ShadowPageView.class),
    LEAF_INSTALLED("leafInstalled", ShadowPageView.class, int.class, boolean.class),
    ACCESSED_BIT_SET("accessedBitSet", ShadowPageView.class, int.class),
    PAGE_UNSYNCED("pageUnsynced", ShadowPageView.class),
    PAGE_SYNCED("pageSynced", ShadowPageView.class),
    WRITE_FLOODED("writeFlooded", ShadowPageView.class),
    PAGE_ZAPPED("pageZapped", ShadowPageView.class),
    SLOT_CHANGING("slotChanging", MemslotChange.class),
    RECLAIM_BEGINS("reclaimBegins", int.class),
    RECLAIM_ENDS("reclaimEnds", int.class);

    private final String method;
    private final Class<?>[] parameters;

    Hook(String method, Class<?>... parameters) {
        this.method = method;
        this.parameters = parameters;
    }

    /** Whether the class has its own version of the hook. May throw a linkage error for a broken class. */
    boolean isOverriddenBy(Class<? extends MmuPolicy> type) {
        try {
            return type.getMethod(method, parameters).getDeclaringClass() != MmuPolicy.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError("no hook " + method, e);
        }
    }

    /** How a failure report names the hook. */
    @Override
    public String toString() {
        return "hook " + method;
    }
}
