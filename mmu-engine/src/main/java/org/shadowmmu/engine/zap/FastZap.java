package org.shadowmmu.engine.zap;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tdp.TdpMmu;

/** Zaps everything by starting a new generation (ZAP-60, ZAP-61). */
public final class FastZap {
    /** Pages zapped before a yield is offered (BATCH_ZAP_PAGES). */
    private static final int BATCH = 10;

    private final MmuCore core;
    private final Zapper zapper;
    private final TdpMmu tdp;
    private final InvalidList list = new InvalidList();
    /** Upstream walks its list in order of creation; a what-if, the order of a policy. */
    private final boolean inReclaimOrder;

    private final boolean toTheEnd;
    private final int batchSize;

    /** Makes the fast zap of a virtual machine. */
    public FastZap(MmuCore core, Zapper zapper, TdpMmu tdp) {
        this.tdp = tdp;
        this.core = core;
        this.zapper = zapper;
        toTheEnd = core.options.departs(WhatIf.OBSOLETE_WALK_TO_THE_END);
        inReclaimOrder = toTheEnd || core.options.departs(WhatIf.OBSOLETE_WALK_IN_RECLAIM_ORDER);
        batchSize = core.options.departs(WhatIf.OBSOLETE_BATCH_OF_ONE) ? 1 : BATCH;
    }

    /** Makes every page obsolete, asks every virtual CPU to drop its roots, and zaps what no one uses. */
    public void zapAll() {
        if (core.options.era().zap().allByGeneration()) {
            zapByGeneration();
        } else {
            zapOneByOne();
        }
    }

    /** Zaps every page from the newest on, again from the newest whenever one counted; no event (ZAP-70, ZAP-71, MS-21). */
    private void zapOneByOne() {
        core.lock.write(LockedWork.ZAP_ALL);
        ShadowPage page = core.pages.newest();
        while (page != null) {
            if (core.lock.wantsYield(YieldPoint.ZAP_ALL_PAGE)) {
                core.lock.letGo(YieldPoint.ZAP_ALL_PAGE);
                page = core.pages.newest();
                continue;
            }
            @Nullable ShadowPage older = page.older();
            boolean counted = !Role.invalid(page.role) && zapper.prepare(page, list) > 0;
            page = counted ? core.pages.newest() : older;
        }
        zapper.commit(list);
        core.requests.raiseAll(VcpuRequests.FREE_OBSOLETE_ROOTS);
        core.lock.release();
    }

    private void zapByGeneration() {
        core.events.zapAllFast(core.pages.generation(), core.pages.used());
        core.lock.write(LockedWork.ZAP_ALL);
        core.pages.toggleGeneration();
        tdp.invalidateRoots();
        core.requests.raiseAll(VcpuRequests.FREE_OBSOLETE_ROOTS);
        zapObsolete();
        core.lock.release();
        tdp.zapInvalidated();
    }

    /**
     * Zaps obsolete pages from the oldest to the first current one; commits once, however often it yields (ZAP-61).
     */
    private void zapObsolete() {
        int batch = 0;
        ShadowPage page = first();
        while (page != null && (page.obsolete() || toTheEnd)) {
            if (batch >= batchSize && core.lock.wantsYield(YieldPoint.OBSOLETE_BATCH)) {
                core.lock.letGo(YieldPoint.OBSOLETE_BATCH);
                batch = 0;
                page = first();
                continue;
            }
            core.work.add(WorkCounter.LIST_STEPS);
            @Nullable ShadowPage newer = next(page);
            if (Role.invalid(page.role) || !page.obsolete()) {
                page = newer;
                continue;
            }
            batch += zapper.prepare(page, list);
            page = zapper.unstable() ? first() : newer;
        }
        zapper.commit(list);
    }

    private @Nullable ShadowPage first() {
        return inReclaimOrder ? (ShadowPage) core.policies.firstInReclaimQueues() : core.pages.oldest();
    }

    private @Nullable ShadowPage next(ShadowPage page) {
        return inReclaimOrder ? (ShadowPage) core.policies.nextInReclaimQueues(page) : page.newer();
    }
}
