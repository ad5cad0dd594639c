package org.shadowmmu.engine.zap;

import org.shadowmmu.api.Decision;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Zaps shadow pages in two steps: prepare takes a page apart (ZAP-1), commit flushes once and frees (ZAP-15). */
public final class Zapper {
    private final MmuCore core;
    private boolean unstable;

    /** Makes the zapper of a virtual machine. */
    public Zapper(MmuCore core) {
        this.core = core;
    }

    /**
     * Takes a page apart and puts it, and what must go with it, on a list (ZAP-1).
     *
     * @return the number of pages that count, as ZAP-3 counts
     */
    public int prepare(ShadowPage page, InvalidList list) {
        core.events.prepareZapPage(page.gfn, page.role, page.rootCount, page.unsync, page.generation);
        core.counters.add(Counter.MMU_SHADOW_ZAPPED, 1);
        core.work.add(WorkCounter.ENTRIES_SCANNED, ShadowPage.ENTRIES);
        int counted = zapUnsyncBelow(page, list);
        core.lock.looked(ShadowPage.ENTRIES);
        for (int index = page.nextUsed(0); index < ShadowPage.ENTRIES; index = page.nextUsed(index + 1)) {
            if (zapEntry(page, index, list, UnlinkCause.PARENT_ZAPPED)) {
                counted++;
            }
        }
        unlinkParents(page);
        boolean wasValid = !Role.invalid(page.role);
        if (wasValid && Role.hasGptes(page.role)) {
            unaccount(page);
        }
        if (page.unsync) {
            core.unsync.clearUnsync(page);
        }
        unstable = counted > 0;
        if (page.rootCount == 0) {
            counted++;
            if (page.listed()) {
                core.pages.unlist(page);
            }
            list.push(page);
            core.pages.countUnused();
        } else if (page.listed()) {
            core.pages.unlist(page);
            if (core.options.era().zap().liveRootsStayListed()) {
                core.pages.listYoungest(page);
            }
        }
        if (page.nxSplit) {
            page.nxSplit = false;
            core.counters.add(Counter.NX_LPAGE_SPLITS, -1);
        }
        boolean current = !page.obsolete();
        page.role |= Role.INVALID;
        if (page.rootCount > 0 && current) {
            core.requests.raiseAll(VcpuRequests.FREE_OBSOLETE_ROOTS);
        }
        if (wasValid) {
            core.policies.pageZapped(page);
        }
        return counted;
    }

    /** Whether the last {@link #prepare} counted anything but the page itself (ZAP-2). */
    public boolean unstable() {
        return unstable;
    }

    /** Zaps every unsync page below (ZAP-1.2); returns their number. */
    private int zapUnsyncBelow(ShadowPage page, InvalidList list) {
        int zapped = 0;
        while (core.unsync.collect(page)) {
            for (int place = 1; place < core.unsync.batchSize(); place++) {
                ShadowPage leaf = core.unsync.leafAt(place);
                if (leaf != null) {
                    prepare(leaf, list);
                    core.unsync.clearPath(place);
                    zapped++;
                }
            }
        }
        return zapped;
    }

    /**
     * Clears one entry: drops a leaf, unlinks a child, zeroes an MMIO entry.
     *
     * @param list where a child that goes with its last parent is put
     * @return whether a child was zapped with it (ZAP-10)
     */
    public boolean zapEntry(ShadowPage page, int index, InvalidList list, UnlinkCause cause) {
        long spte = page.spt[index];
        if (!Spte.presentNonLeaf(spte, page.level())) {
            core.rmaps.drop(page, index);
            return false;
        }
        ShadowPage child = core.pages.child(spte);
        unlink(page, index, child);
        if (child.parents != PteLists.EMPTY || child.rootCount > 0 || Role.invalid(child.role)) {
            return false;
        }
        boolean wanted = core.policies.zapWithLastParent(child, core.options.tdpEnabled(), cause);
        if (!wanted || !core.options.era().zap().orphansGo() && core.policies.upstreamTakes(Decision.CHILD_ZAP)) {
            return false;
        }
        prepare(child, list);
        return true;
    }

    /** Removes the link from an entry to its child; the child stays. */
    public void unlink(ShadowPage page, int index, ShadowPage child) {
        child.parents = core.pages.lists().remove(child.parents, PteLists.entry(page.id, index));
        page.spt[index] = 0;
        core.lock.zapped(1);
        core.policies.pageUnlinked(page, child);
    }

    private void unlinkParents(ShadowPage page) {
        PteLists lists = core.pages.lists();
        while (page.parents != PteLists.EMPTY) {
            core.lock.looked(1);
            int entry = lists.first(page.parents);
            unlink(core.pages.byId(PteLists.pageId(entry)), PteLists.index(entry), page);
        }
    }

    /** Takes back what SP-16 counted (SP-18). */
    private void unaccount(ShadowPage page) {
        core.pages.countIndirect(-1);
        Memslot slot = core.memslots.find(Role.addressSpace(page.role), page.gfn);
        if (slot == null) {
            return;
        }
        slot.countTable(page.gfn, page.level(), -1);
    }

    /** Flushes once and frees the pages of a list, unless it is empty (ZAP-15); returns whether it flushed. */
    public boolean commit(InvalidList list) {
        if (list.isEmpty()) {
            return false;
        }
        core.requests.remoteFlush();
        for (ShadowPage page = list.poll(); page != null; page = list.poll()) {
            core.pages.free(page);
        }
        return true;
    }

    /** Commits a list, or flushes if that is needed for another reason (ZAP-16). */
    public void commitOrFlush(InvalidList list, boolean flush) {
        if (!commit(list) && flush) {
            core.requests.remoteFlush();
        }
    }

    /** Zaps every page that shadows the frame as a guest table (ZAP-30); returns whether there was one. */
    public boolean unprotect(long gfn) {
        if (core.pages.indirect() == 0) {
            return false;
        }
        core.lock.write(LockedWork.GUEST_TABLES);
        InvalidList list = new InvalidList();
        var pages = core.pages;
        ShadowPage page = pages.nextWithGptes(pages.chain(gfn), gfn);
        while (page != null) {
            prepare(page, list);
            page = pages.nextWithGptes(pages.nextInChain(page), gfn);
        }
        boolean any = commit(list);
        core.lock.release();
        return any;
    }

    /** Lets a root slot's page go; zaps it for good if it was zapped while in use (SP-33, ZAP-8). */
    public void releaseRoot(ShadowPage page, InvalidList list) {
        core.pages.releaseRoot(page);
        if (page.rootCount == 0 && Role.invalid(page.role)) {
            prepare(page, list);
        }
    }
}
