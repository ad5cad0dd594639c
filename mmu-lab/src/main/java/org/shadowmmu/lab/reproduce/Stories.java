package org.shadowmmu.lab.reproduce;

import java.util.List;
import org.shadowmmu.lab.workload.StreamCatalog;

/** All stories, in order. */
public final class Stories {
    private Stories() {}

    /** The stories that are measured. */
    public static List<Story> all(StreamCatalog streams) {
        RecordedBoots boots = new RecordedBoots(streams);
        return List.of(
                new OrphanedChildren(boots),
                new RootTearDown(boots),
                new ReclaimOrders(boots),
                new SlotScopes(boots),
                new FastInvalidate());
    }
}
