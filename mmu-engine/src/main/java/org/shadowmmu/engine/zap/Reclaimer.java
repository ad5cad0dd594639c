package org.shadowmmu.engine.zap;

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
    private final InvalidList list = new InvalidList();
    private long fixed;

    /** Makes the reclaimer of a virtual machine. */
    public Reclaimer(MmuCore core, Zapper zapper) {
        this.core = core;
        this.zapper = zapper;
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
        reclaim(REFILL - (int) available);
        return core.pages.available() > 0;
    }

    /** Zaps victims that the policy names until enough are counted (ZAP-20); commits once. */
    public int reclaim(int wanted) {
        if (core.pages.reclaimable() == 0) {
            return 0;
        }
        core.policies.reclaimBegins(wanted);
        int counted = 0;
        while (counted < wanted && core.pages.reclaimable() > 0) {
            counted += zapper.prepare((ShadowPage) core.policies.nextVictim(), list);
        }
        zapper.commit(list);
        core.counters.add(Counter.MMU_RECYCLED, counted);
        core.policies.reclaimEnds(counted);
        return counted;
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
            reclaim(Math.toIntExact(used - goal));
            core.pages.setMax(core.pages.used());
        } else {
            core.pages.setMax(goal);
        }
        core.lock.release();
    }
}
