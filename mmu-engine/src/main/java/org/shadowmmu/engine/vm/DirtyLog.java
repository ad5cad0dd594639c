package org.shadowmmu.engine.vm;

import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tdp.TdpMmu;
import org.shadowmmu.engine.tdp.WriteProtection;

/** Dirty logging of memslots, without and with manual protection (DL-1 to DL-7). */
final class DirtyLog {
    private static final int WORD_PAGES = 64;

    private final MmuCore core;
    private final TdpMmu tdp;
    private final WriteProtection protection;
    private final HugePageSplitter splitter;

    DirtyLog(MmuCore core, TdpMmu tdp, WriteProtection protection, HugePageSplitter splitter) {
        this.core = core;
        this.tdp = tdp;
        this.protection = protection;
        this.splitter = splitter;
    }

    /** Logging was switched on for a slot; "initially set" protects nothing yet (DL-1). */
    void enabled(Memslot slot) {
        if (core.options.dirtyInitiallySet()) {
            return;
        }
        splitter.split(slot, slot.baseGfn(), slot.endGfn());
        core.lock.write(LockedWork.DIRTY_LOG);
        for (int level = 1; level <= Memslot.LEAF_LEVELS; level++) {
            for (int index = 0; index < slot.indexes(level); index++) {
                core.lock.looked(1);
                core.rmaps.protectForDirtyLog(slot, level, index);
                offerYield();
            }
        }
        core.lock.release();
        core.lock.read(LockedWork.DIRTY_LOG);
        tdp.protectSlot(slot, 1);
        core.lock.release();
        core.requests.remoteFlush();
    }

    /** Logging was switched off: leaves that could be huge are dropped so that they come back huge (DL-2). */
    void disabled(Memslot slot) {
        core.lock.write(LockedWork.DIRTY_LOG);
        boolean any = false;
        for (int level = 1; level < Memslot.LEAF_LEVELS; level++) {
            for (int index = 0; index < slot.indexes(level); index++) {
                core.lock.looked(1);
                any |= dropCollapsible(slot, level, index);
                offerYield();
            }
        }
        if (any) {
            core.requests.remoteFlush();
        }
        core.lock.release();
        core.lock.read(LockedWork.DIRTY_LOG);
        tdp.zapCollapsible(slot);
        core.lock.release();
    }

    private void offerYield() {
        if (core.lock.wantsYield(YieldPoint.DIRTY_LOG_RMAP)) {
            core.lock.letGo(YieldPoint.DIRTY_LOG_RMAP);
        }
    }

    private boolean dropCollapsible(Memslot slot, int level, int index) {
        PteLists lists = core.pages.lists();
        boolean any = false;
        long at = lists.start(slot.rmap(level, index));
        while (at >= 0) {
            int entry = lists.at(at);
            ShadowPage page = core.pages.byId(PteLists.pageId(entry));
            if (collapsible(slot, page)) {
                core.rmaps.drop(page, PteLists.index(entry));
                any = true;
                at = lists.start(slot.rmap(level, index));
            } else {
                at = lists.next(at);
            }
        }
        return any;
    }

    private static boolean collapsible(Memslot slot, ShadowPage page) {
        return Role.direct(page.role) && slot.contains(page.gfn) && page.level() < slot.possibleLevel(page.gfn);
    }

    /** Reads the log into {@code bitmap}, clears it and protects the pages again, unless clearing is manual (DL-3). */
    void read(Memslot slot, long[] bitmap) {
        boolean manual = core.options.dirtyManualProtect();
        boolean any = false;
        for (int word = 0; word < slot.dirtyWords(); word++) {
            bitmap[word] = slot.dirtyWord(word);
            if (bitmap[word] != 0 && !manual) {
                any = true;
                protect(slot, word, slot.clearDirty(word, -1L));
            }
        }
        if (any) {
            core.requests.remoteFlush();
        }
    }

    /** Clears a range of the log and protects its pages again (DL-4). */
    void clear(Memslot slot, long first, long count) {
        boolean any = false;
        long end = Math.min(first + count, slot.pages());
        for (long page = first; page < end; page += WORD_PAGES) {
            long mask = end - page >= WORD_PAGES ? -1L : (1L << end - page) - 1;
            long cleared = slot.clearDirty((int) (page / WORD_PAGES), mask);
            if (cleared != 0) {
                any = true;
                protect(slot, (int) (page / WORD_PAGES), cleared);
            }
        }
        if (any) {
            core.requests.remoteFlush();
        }
    }

    /** Protects the pages of one word again (DL-5). */
    private void protect(Memslot slot, int word, long bits) {
        core.lock.write(LockedWork.DIRTY_LOG);
        long base = slot.baseGfn() + (long) word * WORD_PAGES;
        if (core.options.dirtyInitiallySet()) {
            long first = base + Long.numberOfTrailingZeros(bits);
            long last = base + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
            splitter.split(slot, first, last + 1);
            protection.protectGuestTable(slot, first, 2);
            if (first >> 9 != last >> 9) {
                protection.protectGuestTable(slot, last, 2);
            }
        }
        tdp.protectMasked(slot, base, bits);
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            long gfn = base + Long.numberOfTrailingZeros(rest);
            core.rmaps.protectForDirtyLog(slot, 1, slot.index(gfn, 1));
        }
        core.lock.release();
    }
}
