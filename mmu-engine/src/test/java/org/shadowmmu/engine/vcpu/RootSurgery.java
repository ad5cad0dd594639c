package org.shadowmmu.engine.vcpu;

import org.shadowmmu.engine.shadow.ShadowPage;

/** Puts pages into root slots past all rules. */
public final class RootSurgery {
    private RootSurgery() {}

    /** Makes the slot hold the page; counts nothing. */
    public static void hold(Root root, ShadowPage page) {
        root.set(0, page);
    }

    /** Empties the slot; counts nothing. */
    public static void drop(Root root) {
        root.clear();
    }
}
