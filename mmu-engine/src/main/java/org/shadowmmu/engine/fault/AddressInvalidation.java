package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.vcpu.Root;
import org.shadowmmu.engine.vcpu.RootSet;
import org.shadowmmu.engine.vcpu.VcpuState;

/** INVLPG: what the shadow tables say of one address is dropped, and read from the guest's table again (US-30, US-31). */
public final class AddressInvalidation {
    private final MmuCore core;
    private final IndirectPrefetch prefetch;
    private final Synchronizer synchronizer;

    AddressInvalidation(MmuCore core, IndirectPrefetch prefetch, Synchronizer synchronizer) {
        this.synchronizer = synchronizer;
        this.core = core;
        this.prefetch = prefetch;
    }

    /** The guest executes INVLPG (US-31). */
    public void invlpg(VcpuState vcpu, long address) {
        core.counters.add(Counter.INVLPG, vcpu.index, 1);
        if (!canonical(vcpu.mode().paging(), address)) {
            return;
        }
        vcpu.flushTlb(address);
        if (vcpu.mode().direct()) {
            return;
        }
        invalidate(vcpu, vcpu.roots().current(), address);
        for (int i = 0; i < RootSet.PREVIOUS; i++) {
            invalidate(vcpu, vcpu.roots().previous(i), address);
        }
    }

    private static boolean canonical(PagingMode paging, long address) {
        if (paging.levels() < 4) {
            return true;
        }
        int unused = paging.levels() == 5 ? 7 : 16;
        return address << unused >> unused == address;
    }

    /** Drops the address from the current root only (PF-13). */
    void invalidateCurrent(VcpuState vcpu, long address) {
        vcpu.flushTlb(address);
        if (!vcpu.mode().direct()) {
            invalidate(vcpu, vcpu.roots().current(), address);
        }
    }

    private void invalidate(VcpuState vcpu, Root root, long address) {
        if (!root.valid()) {
            return;
        }
        vcpu.mmio.clearGva(address);
        core.lock.write(LockedWork.GUEST_TABLES);
        invalidateBelow(vcpu, root, address);
        core.lock.release();
    }

    private void invalidateBelow(VcpuState vcpu, Root root, long address) {
        @Nullable ShadowPage page = root.start(address);
        while (page != null) {
            int level = page.level();
            int index = HardwareWalk.indexAt(page, address);
            if (level == 1 || (page.spt[index] & Spte.HUGE) != 0) {
                if (!page.unsync) {
                    return;
                }
                if (!refresh(page, index, vcpu.mode().paging())) {
                    return;
                }
            }
            if (page.unsyncChildren == 0 || !Spte.presentNonLeaf(page.spt[index], level)) {
                return;
            }
            page = core.pages.child(page.spt[index]);
        }
    }

    /** Drops or synchronises an entry of an unsync page; returns whether the guest's entry could be read. */
    private boolean refresh(ShadowPage page, int index, PagingMode paging) {
        if (!core.options.era().sync().invlpgRefills()) {
            synchronise(page, index, paging);
            return true;
        }
        boolean present = Spte.present(page.spt[index]);
        core.rmaps.drop(page, index);
        if (present) {
            core.requests.remoteFlush();
        }
        Memslot table = core.memory.slotOfMapped(Role.addressSpace(page.role), page.gfn << 12);
        if (table != null) {
            prefetch.map(page, index, gpte(table, page, index, paging), paging, true);
        }
        return table != null;
    }

    private void synchronise(ShadowPage page, int index, PagingMode paging) {
        int addressSpace = Role.addressSpace(page.role);
        if (page.spt[index] == 0) {
            return;
        }
        Memslot table = core.memory.slotOfMapped(addressSpace, page.gfn << 12);
        if (table == null) {
            core.rmaps.drop(page, index);
            core.requests.remoteFlush();
            return;
        }
        if (synchronizer.syncEntry(page, index, gpte(table, page, index, paging), paging, addressSpace)) {
            core.requests.remoteFlush();
        }
    }

    private long gpte(Memslot table, ShadowPage page, int index, PagingMode paging) {
        long gpa = Synchronizer.gpteAddress(page, index);
        return GuestMemory.extract(core.memory.read(table, gpa), gpa, paging.entrySize());
    }
}
