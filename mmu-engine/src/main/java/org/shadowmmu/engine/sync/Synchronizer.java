package org.shadowmmu.engine.sync;

import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.tdp.WriteProtection;
import org.shadowmmu.engine.zap.Zapper;

/** Brings unsync pages in line with the guest's tables again (US-10 to US-22). */
public final class Synchronizer {
    /** A page that cannot be synchronised and must be zapped. */
    public static final int FAILED = -1;
    /** Nothing changed that a processor may have cached. */
    public static final int UNCHANGED = 0;
    /** A flush is needed. */
    public static final int CHANGED = 1;

    /** The role bits in which a page may differ from the root (US-10). */
    private static final int IGNORED = Role.withQuadrant(Role.withAccess(15, Role.ACC_ALL), 3) | Role.PASSTHROUGH;

    private final MmuCore core;
    private final Zapper zapper;
    private final WriteProtection protection;
    private final InvalidList list = new InvalidList();

    /** Makes the synchroniser of a virtual machine. */
    public Synchronizer(MmuCore core, Zapper zapper, WriteProtection protection) {
        this.protection = protection;
        this.core = core;
        this.zapper = zapper;
    }

    /** The address of the guest entry that entry {@code index} of a level-1 page mirrors (US-11a). */
    public static long gpteAddress(ShadowPage page, int index) {
        if ((page.role & Role.HAS_4_BYTE_GPTE) != 0) {
            return (page.gfn << 12) + Role.quadrant(page.role) * 2048L + index * 4L;
        }
        return (page.gfn << 12) + index * 8L;
    }

    /** Whether a guest entry may be mapped without a fault: present, accessed, legal (PR-6, US-11). */
    public static boolean mappable(PagingMode paging, long gpte) {
        return (gpte & PagingMode.PRESENT) != 0 && (gpte & PagingMode.ACCESSED) != 0 && !paging.reserved(gpte, 1);
    }

    /** Whether a page mirrors guest tables as the virtual CPU reads them now (US-10). */
    public static boolean fits(ShadowPage page, MmuMode mode) {
        return !mode.direct() && !Role.direct(page.role) && ((page.role ^ mode.rootRole()) & ~IGNORED) == 0;
    }

    /** Synchronises every unsync page of a frame, which is sync afterwards; pages that cannot be are zapped (SP-19). */
    public void syncFrame(long gfn, MmuMode mode, InvalidList zapped) {
        ShadowPage page = core.pages.nextWithGptes(core.pages.chain(gfn), gfn);
        while (page != null) {
            if (page.unsync) {
                core.unsync.clearUnsync(page);
                core.policies.pageSynced(page);
                if (syncContents(page, mode) == FAILED) {
                    zapper.prepare(page, zapped);
                }
            }
            page = core.pages.nextWithGptes(core.pages.nextInChain(page), gfn);
        }
    }

    /** Synchronises the contents of one level-1 page (US-11); says what follows. */
    public int syncContents(ShadowPage page, MmuMode mode) {
        if (!fits(page, mode)) {
            return FAILED;
        }
        int addressSpace = Role.addressSpace(page.role);
        Memslot table = core.memory.slotOfMapped(addressSpace, page.gfn << 12);
        core.lock.looked(ShadowPage.ENTRIES);
        boolean flush = false;
        for (int index = 0; index < ShadowPage.ENTRIES; index++) {
            if (page.spt[index] != 0) {
                if (table == null) {
                    return FAILED;
                }
                core.work.add(WorkCounter.ENTRIES_SYNCED);
                long gpa = gpteAddress(page, index);
                long gpte = GuestMemory.extract(
                        core.memory.read(table, gpa), gpa, mode.paging().entrySize());
                flush |= syncEntry(page, index, gpte, mode.paging(), addressSpace);
            }
        }
        return flush ? CHANGED : UNCHANGED;
    }

    /** Synchronises one entry that is not empty with the guest's; returns whether a flush is needed (US-11). */
    public boolean syncEntry(ShadowPage page, int index, long gpte, PagingMode paging, int addressSpace) {
        if (!mappable(paging, gpte)) {
            core.rmaps.drop(page, index);
            return true;
        }
        long old = page.spt[index];
        long gfn = paging.gfn(gpte);
        int access = Role.access(page.role) & paging.accessOfClean(gpte);
        if (Spte.mmio(old)) {
            if (gfn != Spte.mmioGfn(old)) {
                page.spt[index] = 0;
            } else {
                long generation = core.memslots.generation(addressSpace);
                page.spt[index] = Spte.mmio(gfn, access, generation);
                core.events.markMmioSpte(gfn, (int) page.spt[index] & 7, Spte.mmioGenerationOf(generation), index);
            }
            return false;
        }
        Memslot slot = core.memslots.find(addressSpace, gfn);
        if (gfn != page.gfnOf(index) || slot == null) {
            core.rmaps.drop(page, index);
            return true;
        }
        if (core.options.era().sync().keepsUnchanged() && access == page.accessOf(index)) {
            return false;
        }
        page.setTranslation(index, gfn, access);
        long spte = core.leaves.make(
                page, index, slot, access, gfn, Spte.pfn(old), true, false, (old & Spte.HOST_WRITABLE) != 0);
        page.spt[index] = spte;
        return Spte.needsFlush(old, spte);
    }

    /** Synchronises every unsync page below {@code start} (US-20). */
    public void syncChildren(ShadowPage start, MmuMode mode) {
        syncBatches(start, mode, true);
    }

    /**
     * Synchronises every unsync page below {@code start} for a fault, which must not let the lock go (PF-31, US-20.3).
     *
     * @return false if a yield was wanted: the virtual CPU synchronises everything at its next entry, and the fault starts
     *     again
     */
    public boolean syncChildrenForFault(ShadowPage start, MmuMode mode, int vcpu) {
        if (syncBatches(start, mode, false)) {
            return true;
        }
        core.requests.raise(vcpu, VcpuRequests.MMU_SYNC);
        return false;
    }

    private boolean syncBatches(ShadowPage start, MmuMode mode, boolean mayYield) {
        boolean flush = false;
        while (core.unsync.collect(start)) {
            if (protectBatch()) {
                zapper.commitOrFlush(list, true);
                flush = false;
            }
            flush |= syncBatch(mode);
            if (core.lock.wantsYield(YieldPoint.SYNC_BATCH)) {
                zapper.commitOrFlush(list, flush);
                flush = false;
                if (!mayYield) {
                    return false;
                }
                core.lock.letGo(YieldPoint.SYNC_BATCH);
            }
        }
        zapper.commitOrFlush(list, flush);
        return true;
    }

    private boolean protectBatch() {
        boolean changed = false;
        for (int place = 1; place < core.unsync.batchSize(); place++) {
            ShadowPage leaf = core.unsync.leafAt(place);
            if (leaf != null) {
                Memslot slot = core.memslots.find(Role.addressSpace(leaf.role), leaf.gfn);
                changed |= slot != null && protection.protectGuestTable(slot, leaf.gfn, 1);
            }
        }
        return changed;
    }

    private boolean syncBatch(MmuMode mode) {
        boolean flush = false;
        for (int place = 1; place < core.unsync.batchSize(); place++) {
            ShadowPage leaf = core.unsync.leafAt(place);
            if (leaf == null) {
                continue;
            }
            core.unsync.clearUnsync(leaf);
            core.policies.pageSynced(leaf);
            int result = syncContents(leaf, mode);
            if (result == FAILED) {
                zapper.prepare(leaf, list);
            }
            flush |= result == CHANGED;
            core.unsync.clearPath(place);
        }
        return flush;
    }
}
