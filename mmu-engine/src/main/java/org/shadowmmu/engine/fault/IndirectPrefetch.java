package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.sync.Synchronizer;

/** Maps the neighbours of a faulting entry in a page that mirrors a guest table (PR-1, PR-6, PR-7). */
final class IndirectPrefetch {
    static final int WINDOW = 8;

    private final MmuCore core;
    private final LeafInstaller installer;

    IndirectPrefetch(MmuCore core, LeafInstaller installer) {
        this.core = core;
        this.installer = installer;
    }

    /** Maps entries of the aligned group of 8 around {@code index}, until one cannot be mapped. */
    void around(ShadowPage page, int index, long[] gptes, PagingMode paging) {
        if (page.level() != 1 || core.host.invalidating()) {
            return;
        }
        int first = index & -WINDOW;
        for (int i = 0; i < WINDOW; i++) {
            int at = first + i;
            if (at != index && !Spte.present(page.spt[at]) && !map(page, at, gptes[i], paging, false)) {
                return;
            }
        }
    }

    /**
     * Maps one guest entry without a fault.
     *
     * @param despiteDirtyLog whether a slot that logs dirty pages may be mapped writable (US-30)
     * @return whether it was mapped
     */
    boolean map(ShadowPage page, int index, long gpte, PagingMode paging, boolean despiteDirtyLog) {
        if (!Synchronizer.mappable(paging, gpte)) {
            if (page.spt[index] != 0) {
                core.rmaps.drop(page, index);
            }
            return false;
        }
        int access = Role.access(page.role) & paging.accessOfClean(gpte);
        long gfn = paging.gfn(gpte);
        boolean writable = (access & Role.ACC_WRITE) != 0 && !despiteDirtyLog;
        Memslot slot = installer.slotForPrefetch(Role.addressSpace(page.role), gfn, writable);
        if (slot == null) {
            return false;
        }
        long hostPage = slot.hostPage(gfn);
        if (!slot.backing().presentWritable(hostPage)) {
            return false;
        }
        installer.install(page, index, slot, access, gfn, slot.backing().pfn(hostPage), false, true, true);
        return true;
    }
}
