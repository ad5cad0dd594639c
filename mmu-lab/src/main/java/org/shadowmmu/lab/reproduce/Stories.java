package org.shadowmmu.lab.reproduce;

import java.util.List;

/** All stories, in order. */
public final class Stories {
    private Stories() {}

    /** The stories that are measured. */
    public static List<Story> all(Machines machines) {
        return List.of(
                new OrphanedChildren(machines),
                new RootTearDown(),
                new ReclaimOrders(machines),
                new SlotScopes(),
                new FastInvalidate());
    }
}
