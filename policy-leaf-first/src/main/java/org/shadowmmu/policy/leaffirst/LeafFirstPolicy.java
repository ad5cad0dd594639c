package org.shadowmmu.policy.leaffirst;

import org.jspecify.annotations.Nullable;
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

/**
 * Leaves before directories, in reclaim, in slot changes and in the tear-down of roots.
 *
 * <p>Reclaim takes the oldest level-1 page as long as there is one, then the oldest of level 2, and so on. It keeps the
 * directories as moving parents up does, without any work per fault. Max Laier offered it as the cheaper alternative in the
 * mail of about 2010, and the thread of 2021 about v5.9 came back to it ("skip higher levels when possible").
 */
final class LeafFirstPolicy implements MmuPolicy, ReclaimOrder, MemslotZap, RootZap {
    private static final int HIGHEST_LEVEL = 5;

    /** One queue per level that counts, in order of creation, and one for the levels above. */
    private final PageQueue[] levels;

    /**
     * Makes the policy.
     *
     * @param weighed the lowest levels that have a queue of their own, 1 to 5
     */
    LeafFirstPolicy(PolicyContext context, int weighed) {
        levels = new PageQueue[Math.min(weighed + 1, HIGHEST_LEVEL)];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = context.newQueue();
        }
    }

    @Override
    public void pageCreated(ShadowPageView page) {
        levels[Math.min(page.level(), levels.length) - 1].addYoungest(page);
    }

    @Override
    public @Nullable ShadowPageView nextVictim() {
        for (PageQueue level : levels) {
            ShadowPageView victim = level.oldestVictim();
            if (victim != null) {
                return victim;
            }
        }
        return null;
    }

    /** Only the leaves that map the slot, and what safety demands (MS-23; patchwork 11640719, July 2020). */
    @Override
    public MemslotZapScope scope(MemslotChange change) {
        return MemslotZapScope.SLOT_LEAVES;
    }

    /** Level by level from the leaves, so that no step is longer than one table (TDP-23; 8ca983631f3c, v6.9). */
    @Override
    public RootZapOrder order(int rootLevel, int addressSpace) {
        return RootZapOrder.LEAVES_FIRST;
    }
}
