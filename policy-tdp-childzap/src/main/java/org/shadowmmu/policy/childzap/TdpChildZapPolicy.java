package org.shadowmmu.policy.childzap;

import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.api.UnlinkCause;

/**
 * Zaps a child with its last parent, under two-dimensional paging.
 *
 * <p>Without it, the tables of nested guests that are gone stay allocated until the quota takes them: Ben Gardon (August
 * 2020) counted hundreds of thousands after 200 boots of nested guests. His first version took every such child. The review
 * found that the oldest pages are nearly always a root and the directories below it, so that the first reclaim would take
 * most of the guest's own tables along; hence the condition on nested guests, with which it went upstream (ZAP-10,
 * 2de4085cccea, v5.10).
 *
 * <p>A link that the guest's own write removes does not count there, so a guest hypervisor that clears its tables from the
 * bottom leaks every one of them; 69397c92de77 (June 2026) plugs that hole, here as a parameter. A child that is in use as a
 * root stays in any case (7a2c70e777a0, July 2026).
 */
final class TdpChildZapPolicy implements MmuPolicy, ChildZap {
    private final boolean unconditional;
    private final boolean onEmulatedWrites;

    TdpChildZapPolicy(boolean unconditional, boolean onEmulatedWrites) {
        this.unconditional = unconditional;
        this.onEmulatedWrites = onEmulatedWrites;
    }

    @Override
    public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
        return tdpEnabled
                && (unconditional || child.guestMode())
                && (onEmulatedWrites || cause != UnlinkCause.EMULATED_WRITE)
                && !child.liveRoot();
    }
}
