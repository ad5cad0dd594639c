package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.guest.GuestWalker;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.Roots;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.zap.Reclaimer;
import org.shadowmmu.engine.zap.Zapper;

/** Page faults of an indirect MMU, which shadows the guest's own tables (PF-12 to PF-17, PF-30 to PF-34). */
final class IndirectFaults {
    private final MmuCore core;
    private final Roots roots;
    private final Reclaimer reclaimer;
    private final PageLookup lookup;
    private final DirectChildren children;
    private final Zapper zapper;
    private final Synchronizer synchronizer;
    private final Registers registers;
    private final LeafInstaller installer;
    private final IndirectPrefetch indirectPrefetch;
    private final DirectPrefetch directPrefetch;
    private final GuestFaults guestFaults;
    private final GuestWalker walker;
    private final HostPage hostPage;
    private final HugePages hugePages;
    private final long[] gptes = new long[IndirectPrefetch.WINDOW];

    private int maxLevel;

    IndirectFaults(
            MmuCore core,
            Roots roots,
            Reclaimer reclaimer,
            PageLookup lookup,
            Zapper zapper,
            Synchronizer synchronizer,
            Registers registers,
            LeafInstaller installer,
            IndirectPrefetch indirectPrefetch,
            GuestFaults guestFaults) {
        this.core = core;
        this.roots = roots;
        this.reclaimer = reclaimer;
        this.lookup = lookup;
        this.children = new DirectChildren(lookup);
        this.zapper = zapper;
        this.synchronizer = synchronizer;
        this.registers = registers;
        this.installer = installer;
        this.indirectPrefetch = indirectPrefetch;
        this.directPrefetch = new DirectPrefetch(core, installer);
        this.guestFaults = guestFaults;
        this.walker = new GuestWalker(core.memory, core.events);
        this.hostPage = new HostPage(core);
        this.hugePages = new HugePages(core);
    }

    /** Handles one fault (PF-12). */
    Outcome handle(VcpuState vcpu, long gva, long errorCode) {
        int error = (int) errorCode & ~Access.RESERVED;
        PagingMode paging = vcpu.mode().paging();
        if (!walker.walk(paging, vcpu.addressSpace(), vcpu.pgd(), registers.pdptes(vcpu), gva, error)) {
            guestFaults.refuse(vcpu, walker.error(), gva, errorCode);
            return Outcome.RETRY;
        }
        long gfn = walker.gfn();
        Memslot slot = core.memslots.find(vcpu.addressSpace(), gfn);
        if (DirectFaults.writesGuestTable(slot, gfn, (int) errorCode)) {
            clearFloodCounts(vcpu, gva);
            return Outcome.EMULATE;
        }
        limitLevelNearOwnTables(paging, gfn, error);
        int access = walker.leafAccess();
        switch (hostPage.find(slot, gfn, error)) {
            case RETRY -> {
                return Outcome.RETRY;
            }
            case READ_ONLY_FAULT -> {
                return Outcome.EMULATE;
            }
            case NO_SLOT ->
                vcpu.mmio.fill(
                        vcpu.nestedPaging() ? 0 : gva, gfn, access, core.memslots.generation(vcpu.addressSpace()));
            case PAGE -> access = withSupervisorWrite(paging, access, error);
        }
        if (hostPage.staleAtOnce()) {
            return Outcome.RETRY;
        }
        core.lock.write(LockedWork.FAULT);
        Outcome outcome = Outcome.NO_PAGES;
        if (reclaimer.makePagesAvailable()) {
            outcome = roots.stale(vcpu) || hostPage.stale() ? Outcome.RETRY : fetch(vcpu, gva, error, access);
        }
        core.lock.release();
        return outcome;
    }

    private void clearFloodCounts(VcpuState vcpu, long gva) {
        @Nullable ShadowPage page = vcpu.roots().current().start(gva);
        while (page != null) {
            page.writeFlooding = 0;
            long spte = page.spt[HardwareWalk.indexAt(page, gva)];
            page = Spte.presentNonLeaf(spte, page.level()) ? core.pages.child(spte) : null;
        }
    }

    /** Maps nothing huge where the fault may write a table of its own walk (PF-14). */
    private void limitLevelNearOwnTables(PagingMode paging, long gfn, int error) {
        maxLevel = walker.leafLevel();
        boolean mayWrite =
                (walker.leafAccess() & Role.ACC_WRITE) != 0 || !paging.writeProtect() && (error & Access.USER) == 0;
        if (!mayWrite) {
            return;
        }
        long blockMask = -(1L << 9 * (walker.leafLevel() - 1));
        for (int level = walker.leafLevel(); level <= walker.topLevel(); level++) {
            long table = walker.tableGfn(level);
            if (((gfn ^ table) & blockMask) == 0) {
                maxLevel = 1;
            }
        }
    }

    /** Without CR0.WP the supervisor writes read-only pages: as a writable supervisor page (PF-17). */
    private static int withSupervisorWrite(PagingMode paging, int access, int error) {
        boolean needed = (error & (Access.WRITE | Access.USER)) == Access.WRITE
                && (access & Role.ACC_WRITE) == 0
                && !paging.writeProtect();
        if (!needed) {
            return access;
        }
        int fixed = access & ~Role.ACC_USER | Role.ACC_WRITE;
        return paging.smep() ? fixed & ~Role.ACC_EXEC : fixed;
    }

    /** Builds the way along the guest's tables (PF-30 to PF-33). */
    private Outcome fetch(VcpuState vcpu, long gva, int error, int access) {
        MmuMode mode = vcpu.mode();
        if (changed(walker.topLevel(), mode.paging(), vcpu.addressSpace())) {
            return Outcome.RETRY;
        }
        ShadowPage page = vcpu.roots().current().start(gva);
        if (page == null) {
            return Outcome.RETRY;
        }
        while (page.level() > walker.leafLevel()) {
            page.writeFlooding = 0;
            int index = HardwareWalk.indexAt(page, gva);
            int below = page.level() - 1;
            long tableGfn = walker.tableGfn(below);
            int role = Role.child(page.role, index, false, walker.tableAccess(below));
            ShadowPage child = lookup.linkedChild(page, index, tableGfn, role);
            boolean linked = child != null;
            if (child == null) {
                child = lookup.get(tableGfn, role, mode, vcpu.index);
                if (child.unsyncChildren > 0
                        && !core.options.era().pages().hitRequestsSync()
                        && !synchronizer.syncChildrenForFault(child, mode, vcpu.index)) {
                    return Outcome.RETRY;
                }
            }
            if (below == 1) {
                readWindow(child, HardwareWalk.indexAt(child, gva), mode.paging());
            }
            if (changed(below, mode.paging(), vcpu.addressSpace())) {
                return Outcome.RETRY;
            }
            if (!linked) {
                lookup.link(page, index, child);
            }
            page = child;
        }
        return map(vcpu, page, gva, error, access);
    }

    /** Whether the guest entry of a level is another one than at the walk (PF-30, PF-32). */
    private boolean changed(int level, PagingMode paging, int addressSpace) {
        long gpa = walker.entryGpa(level);
        Memslot slot = core.memory.slotOf(addressSpace, gpa);
        return slot == null
                || GuestMemory.extract(core.memory.read(slot, gpa), gpa, paging.entrySize()) != walker.entry(level);
    }

    /** Reads the aligned group of 8 guest entries around a level-1 entry (PF-33). */
    private void readWindow(ShadowPage page, int index, PagingMode paging) {
        Memslot slot = core.memory.slotOf(Role.addressSpace(page.role), page.gfn << 12);
        int first = index & -IndirectPrefetch.WINDOW;
        for (int i = 0; i < gptes.length; i++) {
            long gpa = Synchronizer.gpteAddress(page, first + i);
            gptes[i] = slot == null ? 0 : GuestMemory.extract(core.memory.read(slot, gpa), gpa, paging.entrySize());
        }
    }

    /** Goes on below the guest's leaf, where the host has smaller pages, and installs the leaf (PF-34). */
    private Outcome map(VcpuState vcpu, ShadowPage start, long gva, int error, int access) {
        long gfn = walker.gfn();
        Memslot slot = hostPage.slot();
        hugePages.decide(slot, gfn, maxLevel, error);
        core.events.spteRequested(gfn, slot == null ? 0 : slot.backing().pfn(slot.hostPage(gfn)), hugePages.goal());
        ShadowPage page = start;
        int index;
        while (true) {
            page.writeFlooding = 0;
            index = HardwareWalk.indexAt(page, gva);
            hugePages.adjustForNx(page, index);
            if (page.level() == hugePages.goal()) {
                break;
            }
            dropChildOfOtherAccess(page, index, access);
            page = children.below(page, index, gfn, access, vcpu, hugePages);
        }
        Outcome outcome = install(vcpu, page, index, error, access);
        if (outcome == Outcome.EMULATE) {
            installer.settleEmulation(vcpu.index, slot != null);
        }
        if (outcome != Outcome.SPURIOUS) {
            if (Role.direct(page.role)) {
                directPrefetch.around(page, index);
            } else {
                indirectPrefetch.around(page, index, gptes, vcpu.mode().paging());
            }
        }
        return outcome;
    }

    /** Unlinks a direct child that was made for another access (SP-23). */
    private void dropChildOfOtherAccess(ShadowPage parent, int index, int access) {
        long spte = parent.spt[index];
        if (Spte.presentNonLeaf(spte, parent.level())) {
            ShadowPage old = core.pages.child(spte);
            if (Role.access(old.role) != access) {
                zapper.unlink(parent, index, old);
                core.requests.remoteFlush();
            }
        }
    }

    private Outcome install(VcpuState vcpu, ShadowPage page, int index, int error, int access) {
        long gfn = walker.gfn() & -(1L << 9 * (page.level() - 1));
        Memslot slot = hostPage.slot();
        if (slot == null) {
            return installer.installMmio(page, index, access, gfn, vcpu.index);
        }
        long pfn = slot.backing().pfn(slot.hostPage(gfn));
        boolean write = (error & Access.WRITE) != 0;
        return installer.install(page, index, slot, access, gfn, pfn, write, false, hostPage.writable());
    }
}
