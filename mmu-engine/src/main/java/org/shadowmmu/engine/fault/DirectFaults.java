package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tdp.TdpMmu;
import org.shadowmmu.engine.vcpu.Roots;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.zap.Reclaimer;

/** Page faults of a direct MMU: two-dimensional paging, or a guest without paging (PF-10, PF-11, PF-25). */
final class DirectFaults {
    private static final int MAX_LEVEL_TDP = 3;
    private static final int MAX_LEVEL_NO_PAGING = 2;

    private final MmuCore core;
    private final Roots roots;
    private final Reclaimer reclaimer;
    private final DirectChildren children;
    private final LeafInstaller installer;
    private final DirectPrefetch prefetch;
    private final FastPath fastPath;
    private final HostPage hostPage;
    private final HugePages hugePages;
    private final TdpFaults tdpFaults;

    DirectFaults(
            MmuCore core, Roots roots, Reclaimer reclaimer, PageLookup lookup, LeafInstaller installer, TdpMmu tdp) {
        this.core = core;
        this.roots = roots;
        this.reclaimer = reclaimer;
        this.children = new DirectChildren(lookup);
        this.installer = installer;
        this.prefetch = new DirectPrefetch(core, installer);
        this.fastPath = new FastPath(core);
        this.hostPage = new HostPage(core);
        this.hugePages = new HugePages(core);
        this.tdpFaults = new TdpFaults(core, tdp);
    }

    /** Handles one fault (PF-10). */
    Outcome handle(VcpuState vcpu, long gpa, long errorCode) {
        int error = (int) errorCode;
        long gfn = gpa >>> 12;
        Memslot slot = core.memslots.find(vcpu.addressSpace(), gfn);
        if (writesGuestTable(slot, gfn, error)) {
            return Outcome.EMULATE;
        }
        if (FastPath.considers(error)) {
            Outcome outcome = fastPath.tryFix(vcpu, gpa, errorCode, slot);
            if (outcome != Outcome.INVALID) {
                core.counters.add(Counter.PF_FAST, vcpu.index, 1);
                return outcome;
            }
        }
        switch (hostPage.find(slot, gfn, error)) {
            case RETRY -> {
                return Outcome.RETRY;
            }
            case READ_ONLY_FAULT -> {
                return Outcome.EMULATE;
            }
            case NO_SLOT -> vcpu.mmio.fill(0, gfn, Role.ACC_ALL, core.memslots.generation(vcpu.addressSpace()));
            case PAGE -> {}
        }
        if (hostPage.staleAtOnce()) {
            return Outcome.RETRY;
        }
        Outcome outcome;
        if (core.options.tdpMmu()) {
            core.lock.read(LockedWork.FAULT);
            outcome = mapUnlessStale(vcpu, gpa, error);
        } else {
            core.lock.write(LockedWork.FAULT);
            outcome = reclaimer.makePagesAvailable() ? mapUnlessStale(vcpu, gpa, error) : Outcome.NO_PAGES;
        }
        core.lock.release();
        return outcome;
    }

    private Outcome mapUnlessStale(VcpuState vcpu, long gpa, int error) {
        return roots.stale(vcpu) || hostPage.stale() ? Outcome.RETRY : map(vcpu, gpa, error);
    }

    /** Whether the fault is a write to a guest table that is write-protected as such (PF-15). */
    static boolean writesGuestTable(@Nullable Memslot slot, long gfn, int error) {
        int wanted = Access.PRESENT | Access.WRITE;
        return (error & (wanted | Access.RESERVED)) == wanted && slot != null && slot.trackCount(gfn) > 0;
    }

    /** Builds the way from the root to the leaf and installs it (PF-25). */
    private Outcome map(VcpuState vcpu, long gpa, int error) {
        long gfn = gpa >>> 12;
        Memslot slot = hostPage.slot();
        hugePages.decide(slot, gfn, core.options.tdpEnabled() ? MAX_LEVEL_TDP : MAX_LEVEL_NO_PAGING, error);
        core.events.spteRequested(gfn, slot == null ? 0 : slot.backing().pfn(slot.hostPage(gfn)), hugePages.goal());
        ShadowPage page = vcpu.roots().current().start(gpa);
        if (page == null) {
            return Outcome.RETRY;
        }
        if (page.tdp) {
            return tdpFaults.map(vcpu, page, gpa, error, hostPage, hugePages);
        }
        int index;
        while (true) {
            int level = page.level();
            index = (int) (gfn >>> 9 * (level - 1)) & ShadowPage.ENTRIES - 1;
            hugePages.adjustForNx(page, index);
            if (level == hugePages.goal()) {
                break;
            }
            page = children.below(page, index, gfn, Role.ACC_ALL, vcpu, hugePages);
        }
        return install(vcpu, page, index, error);
    }

    private Outcome install(VcpuState vcpu, ShadowPage page, int index, int error) {
        long gfn = page.gfnOf(index);
        Memslot slot = hostPage.slot();
        Outcome outcome;
        if (slot == null) {
            outcome = installer.installMmio(page, index, Role.ACC_ALL, gfn, vcpu.index);
        } else {
            long pfn = slot.backing().pfn(slot.hostPage(gfn));
            boolean write = (error & Access.WRITE) != 0;
            outcome = installer.install(page, index, slot, Role.ACC_ALL, gfn, pfn, write, false, hostPage.writable());
        }
        if (outcome == Outcome.EMULATE) {
            installer.settleEmulation(vcpu.index, slot != null);
        }
        if (outcome != Outcome.SPURIOUS) {
            prefetch.around(page, index);
        }
        return outcome;
    }
}
