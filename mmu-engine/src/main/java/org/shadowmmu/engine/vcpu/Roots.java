package org.shadowmmu.engine.vcpu;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.tdp.TdpMmu;
import org.shadowmmu.engine.zap.Reclaimer;
import org.shadowmmu.engine.zap.Zapper;

/** Loads, switches, synchronises and frees the roots of virtual CPUs (SP-30 to SP-33, VC-10, VC-21 to VC-24, US-25). */
public final class Roots {
    /** First frame of the n-th GiB. */
    private static final int GIB_SHIFT = 18;

    private final MmuCore core;
    private final Zapper zapper;
    private final Reclaimer reclaimer;
    private final PageLookup lookup;
    private final Synchronizer synchronizer;
    private final TdpMmu tdp;
    private final InvalidList list = new InvalidList();

    /** Makes the root rules of a virtual machine. */
    public Roots(
            MmuCore core,
            Zapper zapper,
            Reclaimer reclaimer,
            PageLookup lookup,
            Synchronizer synchronizer,
            TdpMmu tdp) {
        this.core = core;
        this.zapper = zapper;
        this.reclaimer = reclaimer;
        this.lookup = lookup;
        this.synchronizer = synchronizer;
        this.tdp = tdp;
    }

    /** Loads a root for the current mode (VC-21); returns false if that is not possible. */
    public boolean load(VcpuState vcpu) {
        core.lock.write(LockedWork.ROOTS);
        boolean loaded = reclaimer.makePagesAvailable() && allocate(vcpu);
        core.lock.release();
        if (loaded) {
            sync(vcpu);
        }
        return loaded;
    }

    private boolean allocate(VcpuState vcpu) {
        MmuMode mode = vcpu.mode();
        Root root = vcpu.roots().current();
        int level = Role.level(mode.rootRole());
        if (mode.direct()) {
            if (core.options.tdpMmu()) {
                root.set(0, tdp.acquire(mode.rootRole()));
                return true;
            }
            if (level >= 4) {
                root.set(0, take(0, mode.rootRole(), vcpu));
                return true;
            }
            @Nullable ShadowPage[] entries = new ShadowPage[Root.PAE_ENTRIES];
            for (int i = 0; i < entries.length; i++) {
                entries[i] = take((long) i << GIB_SHIFT, Role.withLevel(mode.rootRole(), 2), vcpu);
            }
            root.setPae(0, entries);
            return true;
        }
        return level >= 4 ? allocateIndirect(vcpu, root) : allocatePae(vcpu, root);
    }

    private boolean allocateIndirect(VcpuState vcpu, Root root) {
        long gfn = vcpu.mode().paging().gfn(vcpu.pgd());
        if (!visible(vcpu, gfn)) {
            core.requests.raise(vcpu.index, VcpuRequests.TRIPLE_FAULT);
            return false;
        }
        root.set(vcpu.pgd(), take(gfn, vcpu.mode().rootRole(), vcpu));
        return true;
    }

    private boolean allocatePae(VcpuState vcpu, Root root) {
        MmuMode mode = vcpu.mode();
        boolean fourByte = mode.paging().fourByte();
        long[] gfns = new long[Root.PAE_ENTRIES];
        for (int i = 0; i < gfns.length; i++) {
            boolean present = fourByte || (vcpu.pdptes[i] & 1) != 0;
            gfns[i] = present ? mode.paging().gfn(fourByte ? vcpu.pgd() : vcpu.pdptes[i]) : -1;
            if (present && !visible(vcpu, gfns[i])) {
                core.requests.raise(vcpu.index, VcpuRequests.TRIPLE_FAULT);
                return false;
            }
        }
        @Nullable ShadowPage[] entries = new ShadowPage[Root.PAE_ENTRIES];
        int role = Role.withLevel(mode.rootRole(), 2);
        for (int i = 0; i < gfns.length; i++) {
            if (gfns[i] >= 0) {
                entries[i] = take(gfns[i], fourByte ? Role.withQuadrant(role, i) : role, vcpu);
            }
        }
        root.setPae(vcpu.pgd(), entries);
        return true;
    }

    private boolean visible(VcpuState vcpu, long gfn) {
        return core.memslots.findUsable(vcpu.addressSpace(), gfn) != null;
    }

    private ShadowPage take(long gfn, int role, VcpuState vcpu) {
        ShadowPage page = lookup.get(gfn, role, vcpu.mode(), vcpu.index);
        core.pages.takeRoot(page);
        return page;
    }

    /** Synchronises what lies below the current root (US-25). */
    public void sync(VcpuState vcpu) {
        Root root = vcpu.roots().current();
        if (vcpu.mode().direct() || !root.valid()) {
            return;
        }
        vcpu.mmio.clearGva();
        core.lock.write(LockedWork.ROOTS);
        syncBelow(root, vcpu.mode());
        core.lock.release();
    }

    private void syncBelow(Root root, MmuMode mode) {
        ShadowPage page = root.page();
        if (page != null) {
            syncBelow(page, mode);
            return;
        }
        for (int i = 0; i < Root.PAE_ENTRIES; i++) {
            ShadowPage entry = root.paeEntry(i);
            if (entry != null) {
                syncBelow(entry, mode);
            }
        }
    }

    private void syncBelow(ShadowPage page, MmuMode mode) {
        if (page.unsyncChildren > 0) {
            synchronizer.syncChildren(page, mode);
        }
    }

    /** Frees previous roots with unsync pages below instead of synchronising them (US-27). */
    public void freeUnsyncPrevious(VcpuState vcpu) {
        core.lock.write(LockedWork.ROOTS);
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            Root root = vcpu.roots().previous(i);
            ShadowPage page = root.page();
            if (page != null && page.unsyncChildren > 0) {
                release(root);
            }
        }
        zapper.commit(list);
        core.lock.release();
    }

    /** Switches to another page-table base (VC-10). */
    public void switchPgd(VcpuState vcpu, long pgd) {
        RootSet roots = vcpu.roots();
        Root current = roots.current();
        if (current.isPae() || !core.options.era().roots().keepsPrevious()) {
            freeCurrent(vcpu);
        }
        if (!findCached(vcpu, pgd)) {
            return;
        }
        core.requests.raise(vcpu.index, VcpuRequests.LOAD_MMU_PGD);
        vcpu.mmio.clearGva();
        ShadowPage page = current.page();
        if (page != null && !Role.direct(page.role)) {
            page.writeFlooding = 0;
        }
    }

    /** Makes a cached root current; returns whether there was one, else the current root is empty. */
    private boolean findCached(VcpuState vcpu, long pgd) {
        RootSet roots = vcpu.roots();
        Root current = roots.current();
        if (current.valid()) {
            if (matches(current, vcpu.mode(), pgd)) {
                return true;
            }
            for (int i = 0; i < RootSet.PREVIOUS; i++) {
                current.swap(roots.previous(i));
                if (matches(current, vcpu.mode(), pgd)) {
                    return true;
                }
            }
            freeCurrent(vcpu);
            return false;
        }
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            if (matches(roots.previous(i), vcpu.mode(), pgd)) {
                current.swap(roots.previous(i));
                for (int j = i; j + 1 < RootSet.PREVIOUS; j++) {
                    roots.previous(j).swap(roots.previous(j + 1));
                }
                return true;
            }
        }
        return false;
    }

    private static boolean matches(Root root, MmuMode mode, long pgd) {
        ShadowPage page = root.page();
        return page != null && page.role == mode.rootRole() && (mode.direct() || root.pgd() == pgd);
    }

    /** Frees the current root. */
    public void freeCurrent(VcpuState vcpu) {
        core.lock.write(LockedWork.ROOTS);
        release(vcpu.roots().current());
        zapper.commit(list);
        core.lock.release();
    }

    /** Frees all roots of both contexts (VC-4, VC-23). */
    public void freeAll(VcpuState vcpu) {
        freeAll(vcpu.rootMmu().roots);
        freeAll(vcpu.guestMmu().roots);
    }

    private void freeAll(RootSet roots) {
        core.lock.write(LockedWork.ROOTS);
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            release(roots.previous(i));
        }
        release(roots.current());
        zapper.commit(list);
        core.lock.release();
    }

    /** Frees roots that are obsolete (VC-24). */
    public void freeObsolete(VcpuState vcpu) {
        freeObsolete(vcpu.rootMmu().roots);
        freeObsolete(vcpu.guestMmu().roots);
    }

    private void freeObsolete(RootSet roots) {
        core.lock.write(LockedWork.ROOTS);
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            releaseIfObsolete(roots.previous(i));
        }
        releaseIfObsolete(roots.current());
        zapper.commit(list);
        core.lock.release();
    }

    private void releaseIfObsolete(Root root) {
        ShadowPage page = root.page();
        if (page == null || page.obsolete()) {
            release(root);
        }
    }

    private void release(Root root) {
        if (!root.valid()) {
            return;
        }
        ShadowPage page = root.page();
        if (page != null && page.tdp) {
            tdp.release(page);
        } else if (page != null) {
            zapper.releaseRoot(page, list);
        } else {
            for (int i = 0; i < Root.PAE_ENTRIES; i++) {
                ShadowPage entry = root.paeEntry(i);
                if (entry != null) {
                    zapper.releaseRoot(entry, list);
                }
            }
        }
        root.clear();
    }

    /** Whether a fault on the current root is stale: the root is obsolete (PF-22). */
    public boolean stale(VcpuState vcpu) {
        Root root = vcpu.roots().current();
        ShadowPage page = root.page();
        return page != null ? page.obsolete() : core.requests.pending(vcpu.index, VcpuRequests.FREE_OBSOLETE_ROOTS);
    }
}
