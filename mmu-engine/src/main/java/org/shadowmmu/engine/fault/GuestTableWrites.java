package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.engine.era.GuestWriteRules;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.zap.Reclaimer;
import org.shadowmmu.engine.zap.Zapper;

/** What an emulated write does to the pages that shadow the written frame (EM-10 to EM-22). */
final class GuestTableWrites {
    private static final int FLOOD_THRESHOLD = 3;
    private static final int PAGE_OFFSET = 4095;

    private final MmuCore core;
    private final Zapper zapper;
    private final Reclaimer reclaimer;
    private final IndirectPrefetch prefetch;
    private final GuestWriteRules rules;
    private final InvalidList list = new InvalidList();

    GuestTableWrites(MmuCore core, Zapper zapper, Reclaimer reclaimer, IndirectPrefetch prefetch) {
        this.core = core;
        this.zapper = zapper;
        this.reclaimer = reclaimer;
        this.prefetch = prefetch;
        this.rules = core.options.era().writes();
    }

    /**
     * Tells of a write that is already in memory.
     *
     * @param word the aligned 8 bytes that hold the written ones, as they are now
     */
    void written(VcpuState vcpu, long gpa, long word, int size) {
        if (core.pages.indirect() == 0) {
            return;
        }
        core.counters.add(Counter.MMU_PTE_WRITE, 1);
        boolean widen = (vcpu.cr4() & Registers.CR4_PAE) != 0 && size == 4;
        int offset = (int) gpa & PAGE_OFFSET & (widen ? ~7 : ~0);
        int bytes = widen ? 8 : size;
        long value = bytes == 8 || bytes == 4 ? GuestMemory.extract(word, offset, bytes) : 0;
        core.lock.write(LockedWork.GUEST_TABLES);
        boolean flush = false;
        long gfn = gpa >>> 12;
        if (rules.reclaims()) {
            reclaimer.makePagesAvailable();
        }
        boolean flooded = rules.floodsPerVcpu() && vcpu.writeRun.floods(gfn);
        @Nullable ShadowPage page = core.pages.nextWithGptes(core.pages.chain(gfn), gfn);
        while (page != null) {
            if (misaligned(page, offset, bytes) || flooded || flooded(page)) {
                core.policies.writeFlooded(page);
                zapper.prepare(page, list);
                core.counters.add(Counter.MMU_FLOODED, 1);
                if (core.options.era().reclaim().commitsEachPage()) {
                    @Nullable ShadowPage next = core.pages.nextWithGptes(core.pages.nextInChain(page), gfn);
                    zapper.commit(list);
                    page = next;
                    continue;
                }
            } else {
                flush |= zapWritten(vcpu, page, offset, value);
            }
            page = core.pages.nextWithGptes(core.pages.nextInChain(page), gfn);
        }
        zapper.commitOrFlush(list, flush);
        core.lock.release();
    }

    private static boolean misaligned(ShadowPage page, int offset, int bytes) {
        int entrySize = (page.role & Role.HAS_4_BYTE_GPTE) != 0 ? 4 : 8;
        if (bytes == 1 && offset % entrySize == 0) {
            return false;
        }
        boolean crosses = offset / entrySize != (offset + bytes - 1) / entrySize;
        return crosses || bytes < 4;
    }

    private boolean flooded(ShadowPage page) {
        return !rules.floodsPerVcpu() && page.level() > 1 && ++page.writeFlooding >= FLOOD_THRESHOLD;
    }

    /** Zaps the entries that mirror the written one (EM-18); returns whether one was present. */
    private boolean zapWritten(VcpuState vcpu, ShadowPage page, int offset, long value) {
        int first = offset / 8;
        int count = 1;
        if ((page.role & Role.HAS_4_BYTE_GPTE) != 0) {
            boolean leaf = page.level() == 1;
            int scaled = leaf ? offset * 2 : offset * 4 & ~7;
            if (scaled >> 12 != Role.quadrant(page.role)) {
                return false;
            }
            first = (scaled & PAGE_OFFSET) / 8;
            count = leaf ? 1 : 2;
        }
        boolean present = false;
        for (int index = first; index < first + count; index++) {
            core.lock.looked(1);
            present |= Spte.present(page.spt[index]);
            zapper.zapEntry(page, index, list, UnlinkCause.EMULATED_WRITE);
            if (value != 0 && page.level() > 1) {
                core.counters.add(Counter.MMU_PDE_ZAPPED, 1);
            }
            if (page.level() == 1 && rules.refillsLeaves() && Synchronizer.fits(page, vcpu.mode())) {
                refill(vcpu, page, index);
            }
        }
        return present;
    }

    /** Maps the written entry again, without a fault (EM-22). */
    private void refill(VcpuState vcpu, ShadowPage page, int index) {
        long gpa = Synchronizer.gpteAddress(page, index);
        @Nullable Memslot table = core.memory.slotOf(Role.addressSpace(page.role), gpa);
        PagingMode paging = vcpu.mode().paging();
        if (table != null) {
            long gpte = GuestMemory.extract(core.memory.read(table, gpa), gpa, paging.entrySize());
            if (prefetch.map(page, index, gpte, paging, true)) {
                vcpu.writeRun.refilled(page, index);
            }
        }
    }
}
