package org.shadowmmu.engine.zap;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tdp.TdpMmu;

/**
 * Zaps what must go when a memslot is deleted or moved, in the scope that the policy chooses (MS-20 to MS-24).
 *
 * <p>Whatever the scope, no leaf maps the slot afterwards and no page that shadows a guest table inside it is left, so
 * that the slot's accounts can go. A fault that found its host page before must start again (PF-22): the roots it saw are
 * obsolete, or the count of invalidations has changed.
 */
public final class SlotZap {
    private final MmuCore core;
    private final Zapper zapper;
    private final FastZap fastZap;
    private final TdpMmu tdp;
    private final InvalidList list = new InvalidList();

    /** Makes the slot zap of a virtual machine. */
    public SlotZap(MmuCore core, Zapper zapper, FastZap fastZap, TdpMmu tdp) {
        this.tdp = tdp;
        this.core = core;
        this.zapper = zapper;
        this.fastZap = fastZap;
    }

    /** Zaps for a slot that is marked invalid (MS-10.2). */
    public void zap(Memslot slot, MemslotChange change) {
        MemslotZapScope scope = core.policies.memslotZapScope(change);
        switch (scope == MemslotZapScope.UPSTREAM ? core.options.upstreamSlotZap() : scope) {
            case UPSTREAM, EVERYTHING -> fastZap.zapAll();
            case SLOT_LEAVES, SLOT_LEAVES_THEN_TABLES -> zapLeavesThenPages(slot, false);
            case PAGES_OF_GFNS -> zapLeavesThenPages(slot, true);
        }
    }

    private void zapLeavesThenPages(Memslot slot, boolean directToo) {
        core.lock.write(LockedWork.SLOT_ZAP);
        if (!core.options.departs(WhatIf.SLOT_ZAP_UNNOTICED)) {
            core.host.noteInvalidation();
        }
        boolean flush = core.rmaps.zapRange(slot, slot.baseGfn(), slot.endGfn());
        flush |= tdp.zapLeaves(slot.addressSpace(), slot.baseGfn(), slot.endGfn());
        boolean tablesToo = core.pages.indirect() > 0 && !core.options.departs(WhatIf.SLOT_ZAP_KEEPS_GUEST_TABLES);
        if (directToo || tablesToo) {
            for (long gfn = slot.baseGfn(); gfn < slot.endGfn(); gfn++) {
                zapPagesOf(gfn, slot.addressSpace(), directToo);
                if (core.lock.wantsYield(YieldPoint.SLOT_FRAME)) {
                    zapper.commitOrFlush(list, flush);
                    flush = false;
                    core.lock.letGo(YieldPoint.SLOT_FRAME);
                }
            }
        }
        zapper.commitOrFlush(list, flush);
        core.lock.release();
    }

    private void zapPagesOf(long gfn, int addressSpace, boolean directToo) {
        @Nullable ShadowPage page = core.pages.chain(gfn);
        while (page != null) {
            core.work.add(WorkCounter.CHAIN_STEPS);
            @Nullable ShadowPage next = core.pages.nextInChain(page);
            if (page.gfn == gfn
                    && !page.obsolete()
                    && (directToo || Role.hasGptes(page.role))
                    && Role.addressSpace(page.role) == addressSpace) {
                zapper.prepare(page, list);
            }
            page = next;
        }
    }
}
