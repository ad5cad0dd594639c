package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** The level at which a fault may map (PF-35 to PF-38). One per fault handler, used again for each fault. */
final class HugePages {
    private final MmuCore core;
    private int requested;
    private int goal;
    private boolean disallowed;

    HugePages(MmuCore core) {
        this.core = core;
    }

    /** Decides for one fault; {@code maxLevel} is what the MMU or the guest's own mapping allows. */
    void decide(@Nullable Memslot slot, long gfn, int maxLevel, int error) {
        disallowed = (error & Access.FETCH) != 0 && core.options.nxHugePages();
        requested = 1;
        goal = 1;
        if (maxLevel == 1 || slot == null || slot.logsDirty()) {
            return;
        }
        requested = slot.possibleLevel(gfn, maxLevel);
        if (!disallowed) {
            goal = requested;
        }
    }

    /** Lowers the goal if a table lies where the fault wants to map a huge page that may have been split for NX (PF-37). */
    void adjustForNx(ShadowPage page, int index) {
        if (core.options.nxHugePages()
                && page.level() == goal
                && goal > 1
                && Spte.presentNonLeaf(page.spt[index], goal)
                && (core.options.era().tdp().nxKeepsAnyTable() || core.pages.child(page, index).madeForNx)) {
            goal--;
        }
    }

    /** Notes that the fault linked a page below an entry of this level: if a huge page was possible, NX split it (PF-37). */
    void linked(ShadowPage child, int parentLevel) {
        child.madeForNx |= disallowed;
        if (disallowed && requested >= parentLevel && !child.nxSplit) {
            child.nxSplit = true;
            core.counters.add(Counter.NX_LPAGE_SPLITS, 1);
        }
    }

    /** The level to map at. */
    int goal() {
        return goal;
    }
}
