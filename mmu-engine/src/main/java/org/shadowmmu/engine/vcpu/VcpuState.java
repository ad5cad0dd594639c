package org.shadowmmu.engine.vcpu;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.shadow.MmuMode;
import org.shadowmmu.engine.tlb.Tlb;

/** The state of one virtual CPU that the MMU depends on. Changed through {@link Registers} and {@link Roots}. */
public final class VcpuState {
    /** The number of the virtual CPU. */
    public final int index;
    /** CR3 as the hypervisor knows it; with two-dimensional paging the driver keeps it true. */
    public long cr3;
    /** The instruction that runs; reported with faults. */
    public long rip;
    /** The address of the last instruction that was not emulated but retried, with its fault address (EM-5). */
    public long retryRip = -1;
    /** See {@link #retryRip}. */
    public long retryAddress = -1;
    /** Whether the processor runs at CPL 3. */
    public boolean user;
    /** Whether an exception was being delivered when the processor left the guest (PF-2). */
    public boolean deliveringEvent;
    /** The last MMIO access. */
    public final MmioCache mmio = new MmioCache();

    /** Its latest emulated writes to guest tables. */
    public final WriteRun writeRun = new WriteRun();

    final long[] pdptes = new long[Root.PAE_ENTRIES];
    boolean pdptesFresh;
    long cr0;
    long cr4;
    long efer;

    private @Nullable Tlb tlb;

    private boolean guestFaultQueued;
    private int guestFaultError;
    private long guestFaultAddress;

    private final MmuContext rootMmu;
    private final MmuContext guestMmu;
    private MmuContext active;

    private boolean nested;
    private boolean nestedPaging;
    private PagingMode nestedTables = PagingMode.off();
    private long nestedCr3;
    private ControlState saved = new ControlState(0, 0, 0, 0);
    private boolean nestedExitQueued;
    private long nestedExitCode;
    private long nestedExitInfo1;
    private long nestedExitInfo2;

    VcpuState(int index, MmuMode mode) {
        this.index = index;
        this.rootMmu = new MmuContext(mode);
        this.guestMmu = new MmuContext(mode);
        this.active = rootMmu;
        rootMmu.used = true;
    }

    /** CR0. */
    public long cr0() {
        return cr0;
    }

    /** CR4. */
    public long cr4() {
        return cr4;
    }

    /** EFER. */
    public long efer() {
        return efer;
    }

    /** What the MMU shadows now. */
    public MmuMode mode() {
        return active.mode;
    }

    void setMode(MmuMode mode) {
        active.mode = mode;
    }

    /** The roots in use. */
    public RootSet roots() {
        return active.roots;
    }

    /** The base of the tables that the MMU in use shadows. */
    public long pgd() {
        return nestedPaging ? nestedCr3 : cr3;
    }

    /** The MMU for L1, and for L2 without nested paging (NE-1). */
    public MmuContext rootMmu() {
        return rootMmu;
    }

    /** The MMU that shadows the nested tables of L1 (NE-1). */
    public MmuContext guestMmu() {
        return guestMmu;
    }

    /** The MMU in use. */
    public MmuContext activeMmu() {
        return active;
    }

    /** Whether L2 runs. */
    public boolean nested() {
        return nested;
    }

    /** Whether L2 runs on nested paging. */
    public boolean nestedPaging() {
        return nestedPaging;
    }

    /** How the running guest's own tables are read: those of L2 while it runs on nested paging. */
    public PagingMode ownPaging() {
        return nestedPaging ? nestedTables : active.mode.paging();
    }

    void saveForNested() {
        saved = new ControlState(cr0, cr3, cr4, efer);
    }

    void load(ControlState control) {
        cr0 = control.cr0();
        cr3 = control.cr3();
        cr4 = control.cr4();
        efer = control.efer();
    }

    void enterNested(MmuContext context, PagingMode ownTables, long newNestedCr3) {
        nested = true;
        nestedPaging = context == guestMmu;
        active = context;
        nestedTables = ownTables;
        nestedCr3 = newNestedCr3;
    }

    void leaveNested() {
        nested = false;
        nestedPaging = false;
        active = rootMmu;
        load(saved);
    }

    /** Queues an exit from L2 to L1, made at the next entry (NE-27). */
    public void queueNestedExit(long code, long info1, long info2) {
        nestedExitQueued = true;
        noteNestedExit(code, info1, info2);
    }

    boolean takeNestedExit() {
        boolean queued = nestedExitQueued;
        nestedExitQueued = false;
        return queued;
    }

    void noteNestedExit(long code, long info1, long info2) {
        nestedExitCode = code;
        nestedExitInfo1 = info1;
        nestedExitInfo2 = info2;
    }

    /** The exit code that L1 sees for the last exit from L2. */
    public long nestedExitCode() {
        return nestedExitCode;
    }

    /** The first qualification that L1 sees for the last exit from L2. */
    public long nestedExitInfo1() {
        return nestedExitInfo1;
    }

    /** The second qualification that L1 sees for the last exit from L2. */
    public long nestedExitInfo2() {
        return nestedExitInfo2;
    }

    /** The physical address space, 0 normal. */
    public int addressSpace() {
        return 0;
    }

    /** The processor's cache of translations; null while it has none, so that every access walks (OV-9). */
    public @Nullable Tlb tlb() {
        return tlb;
    }

    /** Gives the processor a cache of translations, or with null takes it away. */
    public void setTlb(@Nullable Tlb newTlb) {
        tlb = newTlb;
    }

    /** The hardware forgets one address. */
    public void flushTlb(long address) {
        if (tlb != null) {
            tlb.drop(address);
        }
    }

    /** The hardware forgets every translation. */
    public void flushTlb() {
        if (tlb != null) {
            tlb.flush();
        }
    }

    /** Queues a page fault for the guest; it is delivered at the next entry. */
    public void queueGuestFault(int error, long address) {
        guestFaultQueued = true;
        guestFaultError = error;
        guestFaultAddress = address;
    }

    /** Takes the queued page fault for delivery; returns whether there was one. */
    public boolean takeGuestFault() {
        boolean queued = guestFaultQueued;
        guestFaultQueued = false;
        return queued;
    }

    /** The error code of the queued page fault, as the guest sees it. */
    public int guestFaultError() {
        return guestFaultError;
    }

    /** The address of the queued page fault, as the guest sees it in CR2. */
    public long guestFaultAddress() {
        return guestFaultAddress;
    }

    /** The virtual CPU left the guest: what is cached until the next exit is stale (GP-4a). */
    public void exited() {
        pdptesFresh = false;
    }
}
