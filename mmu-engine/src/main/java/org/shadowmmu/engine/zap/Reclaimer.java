package org.shadowmmu.engine.zap;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Decision;
import org.shadowmmu.engine.era.ReclaimRules;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.ShadowPage;

/** Keeps the number of shadow pages within the quota (PF-20, ZAP-20, ZAP-40 to ZAP-44). */
public final class Reclaimer {
    /** The smallest quota, in pages (KVM_MIN_ALLOC_MMU_PAGES). */
    public static final int MIN_QUOTA = 64;

    private static final int MIN_FREE = 5;
    private static final int REFILL = 25;
    private static final int GUEST_PAGES_PER_SHADOW_PAGE = 50;

    private final MmuCore core;
    private final Zapper zapper;
    private final ReclaimRules rules;
    private final InvalidList list = new InvalidList();
    private long fixed;

    /** Makes the reclaimer of a virtual machine. */
    public Reclaimer(MmuCore core, Zapper zapper) {
        this.core = core;
        this.zapper = zapper;
        this.rules = core.options.era().reclaim();
    }

    /**
     * Makes room for the pages that a fault or a root load may create (PF-20).
     *
     * @return false if not a single page is available
     */
    public boolean makePagesAvailable() {
        long available = core.pages.available();
        if (available >= MIN_FREE) {
            return true;
        }
        if (rules.stopsWhenAvailable()) {
            reclaimUntil(core.pages.max() - REFILL);
        } else {
            reclaim(REFILL - (int) available);
        }
        return core.pages.available() > 0;
    }

    /** Zaps the oldest page again and again until no more than {@code goal} are in use (ZAP-24). */
    private void reclaimUntil(long goal) {
        core.policies.reclaimBegins(Math.toIntExact(core.pages.used() - goal));
        int zapped = 0;
        int useless = 0;
        while (core.pages.used() > goal && useless <= core.pages.listedCount()) {
            @Nullable ShadowPage victim = oldVictim();
            if (victim == null) {
                break;
            }
            useless = victim.rootCount > 0 ? useless + 1 : 0;
            zapper.prepare(victim, list);
            zapped++;
            if (rules.commitsEachPage()) {
                zapper.commit(list);
            }
        }
        zapper.commit(list);
        core.counters.add(Counter.MMU_RECYCLED, zapped);
        core.policies.reclaimEnds(zapped);
    }

    /** The end of the list, be it a root in use; a policy of another's names none of those. */
    private @Nullable ShadowPage oldVictim() {
        if (rules.takesLiveRoots() && core.policies.upstreamTakes(Decision.RECLAIM_ORDER)) {
            core.policies.countUpstream(Decision.RECLAIM_ORDER);
            return core.pages.oldest();
        }
        return core.pages.reclaimable() > 0 ? (ShadowPage) core.policies.nextVictim() : null;
    }

    /** Zaps victims that the policy names until enough are counted (ZAP-20); commits once. */
    private void reclaim(int wanted) {
        if (core.pages.reclaimable() == 0) {
            return;
        }
        core.policies.reclaimBegins(wanted);
        int counted = 0;
        while (counted < wanted && core.pages.reclaimable() > 0) {
            counted += zapper.prepare((ShadowPage) core.policies.nextVictim(), list);
        }
        zapper.commit(list);
        core.counters.add(Counter.MMU_RECYCLED, counted);
        core.policies.reclaimEnds(counted);
    }

    /** Fixes the quota (ZAP-41); pages beyond it go at once. */
    public void setQuota(long pages) {
        change(pages);
        fixed = pages;
    }

    /** The quota that a user fixed; 0 if nobody did. */
    public long fixed() {
        return fixed;
    }

    /** Adapts the default quota to the memory of the guest, unless a user fixed it (ZAP-40). */
    public void memslotsChanged() {
        if (fixed == 0) {
            change(defaultQuota());
        }
    }

    /** The quota that follows from the memslots: 20 pages per 1000, at least 64 (ZAP-40). */
    public long defaultQuota() {
        return Math.max(MIN_QUOTA, core.memslots.totalPages() / GUEST_PAGES_PER_SHADOW_PAGE);
    }

    private void change(long goal) {
        core.lock.write(LockedWork.QUOTA);
        long used = core.pages.used();
        if (used > goal) {
            if (rules.stopsWhenAvailable()) {
                reclaimUntil(goal);
            } else {
                reclaim(Math.toIntExact(used - goal));
            }
            core.pages.setMax(core.pages.used());
        } else {
            core.pages.setMax(goal);
        }
        core.lock.release();
    }
}
