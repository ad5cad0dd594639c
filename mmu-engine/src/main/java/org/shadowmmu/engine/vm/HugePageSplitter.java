package org.shadowmmu.engine.vm;

import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.tdp.TdpMmu;

/** Splits huge leaves of a slot before dirty logging protects them, with the TDP MMU only (DL-20 to DL-20b, TDP-43). */
final class HugePageSplitter {
    private static final int NO_SPACE = -28;
    private static final int TRY_AGAIN = -11;
    private static final int MIN_AVAILABLE = 5;

    private static final int DESCRIPTORS_MIN = 512;
    private static final int DESCRIPTORS_FULL = 552;
    private static final int PAGES_FULL = 40;

    private final MmuCore core;
    private final PageLookup lookup;
    private final TdpMmu tdp;

    private int descriptors;
    private int headers;
    private int frames;

    HugePageSplitter(MmuCore core, PageLookup lookup, TdpMmu tdp) {
        this.core = core;
        this.lookup = lookup;
        this.tdp = tdp;
    }

    /** Splits the huge leaves of a range, those of nested pages first. */
    void split(Memslot slot, long first, long end) {
        if (!core.options.eagerPageSplit() || !core.options.tdpMmu()) {
            return;
        }
        core.lock.write(LockedWork.DIRTY_LOG);
        for (int level = Memslot.LEAF_LEVELS; level > 1; level--) {
            int last = slot.index(end - 1, level);
            for (int index = slot.index(first, level); index <= last; index++) {
                splitRmap(slot, level, index);
            }
        }
        core.lock.release();
        core.lock.read(LockedWork.DIRTY_LOG);
        tdp.splitHugePages(slot, first, end);
        core.lock.release();
    }

    private void splitRmap(Memslot slot, int level, int index) {
        PteLists lists = core.pages.lists();
        long at = lists.start(slot.rmap(level, index));
        while (at >= 0) {
            int entry = lists.at(at);
            ShadowPage page = core.pages.byId(PteLists.pageId(entry));
            int place = PteLists.index(entry);
            long huge = page.spt[place];
            int errno = trySplit(slot, page, place);
            core.events.splitHugePage(page.gfnOf(place), huge, level, errno);
            if (errno == NO_SPACE) {
                return;
            }
            at = lists.start(slot.rmap(level, index));
        }
    }

    private int trySplit(Memslot slot, ShadowPage page, int index) {
        if (core.pages.available() <= MIN_AVAILABLE) {
            return NO_SPACE;
        }
        if (descriptors < DESCRIPTORS_MIN || headers == 0 || frames == 0) {
            descriptors = descriptors < DESCRIPTORS_MIN ? DESCRIPTORS_FULL : descriptors;
            headers = headers == 0 ? PAGES_FULL : headers;
            frames = frames == 0 ? PAGES_FULL : frames;
            return TRY_AGAIN;
        }
        splitLeaf(slot, page, index);
        return 0;
    }

    private void splitLeaf(Memslot slot, ShadowPage page, int index) {
        long huge = page.spt[index];
        int level = page.level();
        long taken = core.pages.lists().descriptorsTaken();
        long used = core.pages.used();
        long gfn = page.gfnOf(index);
        int access = page.accessOf(index);
        int role = Role.child(page.role, index, true, access);
        ShadowPage child = lookup.get(gfn, role, DIRECT_CHILDREN, 0);
        if (core.pages.used() > used) {
            headers--;
            frames--;
        }
        for (int i = 0; i < ShadowPage.ENTRIES; i++) {
            if (!Spte.present(child.spt[i])) {
                child.spt[i] = Spte.splitChild(huge, level, i, access, core.options.nxHugePages());
                core.rmaps.add(child, i, slot, child.gfnOf(i));
            }
        }
        lookup.link(page, index, child);
        descriptors -= (int) (core.pages.lists().descriptorsTaken() - taken);
    }

    /** Only direct pages are looked up here, which need nothing of a mode. */
    private static final MmuMode DIRECT_CHILDREN =
            new MmuMode(0, 0, Role.DIRECT, org.shadowmmu.engine.guest.PagingMode.off());
}
