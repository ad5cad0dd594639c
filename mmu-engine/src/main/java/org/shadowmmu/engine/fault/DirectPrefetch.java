package org.shadowmmu.engine.fault;

import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** Maps the neighbours of a faulting entry in a direct page (PR-1 to PR-5). */
final class DirectPrefetch {
    private static final int WINDOW = 8;

    private final MmuCore core;
    private final LeafInstaller installer;

    DirectPrefetch(MmuCore core, LeafInstaller installer) {
        this.core = core;
        this.installer = installer;
    }

    /** Maps the entries that are not present in the aligned group of 8 around {@code index}. */
    void around(ShadowPage page, int index) {
        if (page.level() != 1 || core.host.invalidating()) {
            return;
        }
        int first = index & -WINDOW;
        int runStart = -1;
        for (int at = first; at < first + WINDOW; at++) {
            boolean open = at != index && !Spte.present(page.spt[at]);
            if (open && runStart < 0) {
                runStart = at;
            } else if (!open && runStart >= 0) {
                if (!mapRun(page, runStart, at)) {
                    return;
                }
                runStart = -1;
            }
        }
        if (runStart >= 0 && core.options.era().leaves().mapsLastRun()) {
            mapRun(page, runStart, first + WINDOW);
        }
    }

    /** Maps a run of entries (PR-3, PR-4); returns whether the prefetch goes on. */
    private boolean mapRun(ShadowPage page, int from, int to) {
        long gfn = page.gfnOf(from);
        int access = Role.access(page.role);
        Memslot slot = installer.slotForPrefetch(Role.addressSpace(page.role), gfn, (access & Role.ACC_WRITE) != 0);
        if (slot == null || gfn + (to - from) > slot.endGfn()) {
            return false;
        }
        long hostPage = slot.hostPage(gfn);
        for (int at = from; at < to; at++, gfn++, hostPage++) {
            if (!slot.backing().presentWritable(hostPage)) {
                return at > from;
            }
            installer.install(page, at, slot, access, gfn, slot.backing().pfn(hostPage), false, true, true);
        }
        return true;
    }
}
