package org.shadowmmu.engine.vm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.event.EventStream;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.fault.PageFaults;
import org.shadowmmu.engine.lock.Interleaving;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.lock.MmuLock;
import org.shadowmmu.engine.lookup.PageLookup;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.HostMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.memory.MemslotTable;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.VmFacts;
import org.shadowmmu.engine.shadow.InvalidList;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.sync.Synchronizer;
import org.shadowmmu.engine.tdp.RangeMapper;
import org.shadowmmu.engine.tdp.TdpMmu;
import org.shadowmmu.engine.tdp.WriteProtection;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.Nesting;
import org.shadowmmu.engine.vcpu.Registers;
import org.shadowmmu.engine.vcpu.Roots;
import org.shadowmmu.engine.zap.FastZap;
import org.shadowmmu.engine.zap.Reclaimer;
import org.shadowmmu.engine.zap.SlotZap;
import org.shadowmmu.engine.zap.Zapper;

/**
 * A virtual machine whose memory is managed by the KVM x86 MMU: the front door of the engine. Operations come in here and
 * at its {@link Vcpu}s; events go to the listener and counters count. One thread, no locks.
 */
public final class VirtualMachine {
    private static final int LARGE_PAGES = 512;

    private final MmuCore core;
    private final Zapper zapper;
    private final Reclaimer reclaimer;
    private final Memslots memslots;
    private final DirtyLog dirtyLog;

    private final TdpMmu tdp;
    private final List<Vcpu> vcpus = new ArrayList<>();
    private final InvalidList requested = new InvalidList();

    private VirtualMachine(MmuOptions options, int count, PolicyRuntime policies, EventStream events) {
        core = new MmuCore(options, count, policies, events);
        zapper = new Zapper(core);
        reclaimer = new Reclaimer(core, zapper);
        tdp = new TdpMmu(core);
        WriteProtection protection = new WriteProtection(core, tdp);
        FastZap fastZap = new FastZap(core, zapper, tdp);
        Synchronizer synchronizer = new Synchronizer(core, zapper, protection);
        PageLookup lookup = new PageLookup(core, zapper, synchronizer, protection);
        Roots roots = new Roots(core, zapper, reclaimer, lookup, synchronizer, tdp);
        Registers registers = new Registers(core, roots);
        Nesting nesting = new Nesting(core, registers, roots);
        GuestEntry entry = new GuestEntry(core, roots, nesting);
        HardwareWalk walk = new HardwareWalk(core);
        PageFaults faults =
                new PageFaults(core, roots, zapper, reclaimer, lookup, synchronizer, registers, nesting, tdp);
        dirtyLog = new DirtyLog(core, tdp, protection, new HugePageSplitter(core, lookup, tdp));
        memslots = new Memslots(core, fastZap, new SlotZap(core, zapper, fastZap, tdp), reclaimer, dirtyLog);
        core.host.setNotifier(this::unmap);
        for (int i = 0; i < count; i++) {
            vcpus.add(new Vcpu(this, registers.newVcpu(i), entry, walk, faults, registers, nesting));
        }
        policies.bind(facts());
    }

    /**
     * Makes a virtual machine without memory.
     *
     * @param options host features and module parameters
     * @param vcpus number of virtual CPUs, 1 or more
     * @param policies its policies; a runtime serves one machine
     * @param listener who hears events; null if nobody does
     */
    public static VirtualMachine create(
            MmuOptions options, int vcpus, PolicyRuntime policies, @Nullable MmuEvents listener) {
        return new VirtualMachine(options, vcpus, policies, new EventStream(listener));
    }

    private VmFacts facts() {
        return new VmFacts() {
            @Override
            public long usedPages() {
                return core.pages.used();
            }

            @Override
            public long quota() {
                return core.pages.max();
            }

            @Override
            public long guestPages() {
                return core.memslots.totalPages();
            }

            @Override
            public long eventNumber() {
                return core.events.number();
            }
        };
    }

    /** The state that everything works on; read it for dumps and audits. */
    public MmuCore core() {
        return core;
    }

    /** The memory of the host process. */
    public HostMemory host() {
        return core.host;
    }

    /** A virtual CPU. */
    public Vcpu vcpu(int index) {
        return vcpus.get(index);
    }

    /** The number of virtual CPUs. */
    public int vcpus() {
        return vcpus.size();
    }

    /** The statistics. */
    public Counters counters() {
        return core.counters;
    }

    /** The MMU lock: how long it was held, for what, and where it is let go. */
    public MmuLock lock() {
        return core.lock;
    }

    /** Shadow pages in use, {@code n_used_mmu_pages}. */
    public long usedPages() {
        return core.pages.used();
    }

    /** The quota, {@code n_max_mmu_pages}. */
    public long quota() {
        return core.pages.max();
    }

    /** The quota that follows from the memslots (ZAP-40). */
    public long defaultQuota() {
        return reclaimer.defaultQuota();
    }

    /** The quota that a user fixed; 0 if nobody did. */
    public long fixedQuota() {
        return reclaimer.fixed();
    }

    /** Guest pages that leaf SPTEs map now, in 4 KiB pages, whether or not a root leads to them. */
    public long mappedGuestPages() {
        return core.counters.get(Counter.PAGES_4K)
                + LARGE_PAGES * core.counters.get(Counter.PAGES_2M)
                + LARGE_PAGES * LARGE_PAGES * core.counters.get(Counter.PAGES_1G);
    }

    /**
     * Creates, deletes, moves or changes a memslot ({@code KVM_SET_USER_MEMORY_REGION}, MS-2).
     *
     * @param space 0 normal, 1 system management mode
     * @param pages size in 4 KiB pages; 0 deletes
     * @param flags {@link Memslot#LOG_DIRTY} and {@link Memslot#READONLY}
     * @param backing the host memory behind it
     * @param backingPage the page of the backing at which the slot begins
     * @return 0, or the error number: 17 overlap, 22 illegal
     */
    public int setMemslot(int space, int id, long baseGfn, long pages, int flags, int backing, long backingPage) {
        int result = memslots.set(space, id, baseGfn, pages, flags, backing, backingPage);
        finishOperation();
        return result;
    }

    /**
     * Fixes the quota ({@code KVM_SET_NR_MMU_PAGES}, ZAP-41).
     *
     * @return 0, or 22 below 64 pages
     */
    public int setQuota(long pages) {
        if (pages < Reclaimer.MIN_QUOTA) {
            return Memslots.INVALID;
        }
        reclaimer.setQuota(pages);
        finishOperation();
        return Memslots.OK;
    }

    /**
     * Reads the dirty log of a slot ({@code KVM_GET_DIRTY_LOG}, DL-3).
     *
     * @return one bit per page; null if the slot does not log
     */
    public long @Nullable [] dirtyLog(int space, int id) {
        Memslot slot = memslots.logging(space, id);
        if (slot == null) {
            return null;
        }
        long[] bitmap = new long[slot.dirtyWords()];
        dirtyLog.read(slot, bitmap);
        return bitmap;
    }

    /**
     * Clears a range of the dirty log ({@code KVM_CLEAR_DIRTY_LOG}, DL-4).
     *
     * @param first first page, a multiple of 64
     * @param count pages, a multiple of 64 unless the range ends with the slot
     * @return 0, or the error number: 2 no log, 22 illegal range
     */
    public int clearDirtyLog(int space, int id, long first, long count) {
        Memslot slot = memslots.logging(space, id);
        if (slot == null) {
            return Memslots.NO_ENTRY;
        }
        boolean toEnd = first + count == slot.pages();
        if (first < 0 || (first & 63) != 0 || first + count > slot.pages() || (count & 63) != 0 && !toEnd) {
            return Memslots.INVALID;
        }
        dirtyLog.clear(slot, first, count);
        return Memslots.OK;
    }

    /**
     * Zaps every leaf that maps a frame of a range, in both address spaces and under roots that are invalid, too; tables and
     * roots stay (MN-14). The kernel does so when the memory type of guest memory changes (MN-15).
     *
     * @param first first guest frame number
     * @param end the guest frame number behind the last
     */
    public void zapGfnRange(long first, long end) {
        core.lock.write(LockedWork.UNMAP);
        core.host.noteInvalidation();
        boolean any = false;
        for (int space = 0; space < MemslotTable.ADDRESS_SPACES; space++) {
            for (int place = 0; place < core.memslots.count(space); place++) {
                Memslot slot = core.memslots.slot(space, place);
                long from = Math.max(first, slot.baseGfn());
                long to = Math.min(end, slot.endGfn());
                if (from < to) {
                    any |= core.rmaps.zapRange(slot, from, to);
                    any |= tdp.zapLeaves(space, from, to);
                }
            }
        }
        if (any) {
            core.requests.remoteFlush();
        }
        core.lock.release();
    }

    /** How ranges are mapped without faults. */
    RangeMapper mapper() {
        return tdp.mapper();
    }

    /** Sets who acts in the middle of operations. */
    public void interleave(Interleaving interleaving) {
        core.interleaving = interleaving;
    }

    /** The MMU notifier: the host takes pages of a backing away (MN-1, MN-10). */
    private void unmap(Backing backing, long first, long count) {
        core.events.unmapHvaRange(backing.id(), first << 12, count << 12);
        core.lock.write(LockedWork.UNMAP);
        boolean any = false;
        for (int space = 0; space < MemslotTable.ADDRESS_SPACES; space++) {
            for (int place = 0; place < core.memslots.count(space); place++) {
                Memslot slot = core.memslots.slot(space, place);
                long from = Math.max(first, slot.backingPage());
                long to = Math.min(first + count, slot.backingPage() + slot.pages());
                if (slot.backing() == backing && from < to) {
                    long shift = slot.baseGfn() - slot.backingPage();
                    any |= core.rmaps.zapRange(slot, from + shift, to + shift);
                    any |= tdp.zapLeaves(space, from + shift, to + shift);
                }
            }
        }
        if (any) {
            core.requests.remoteFlush();
        }
        core.lock.release();
    }

    /** A safe point: zaps what policies asked for. */
    void finishOperation() {
        ShadowPageView page = core.policies.pollRequestedZap();
        if (page == null) {
            return;
        }
        core.lock.write(LockedWork.REQUESTED_ZAP);
        while (page != null) {
            if (page instanceof ShadowPage own && own.listed() && !own.liveRoot()) {
                zapper.prepare(own, requested);
            }
            page = core.policies.pollRequestedZap();
        }
        zapper.commit(requested);
        core.lock.release();
    }
}
