package org.shadowmmu.engine.vcpu;

import org.shadowmmu.engine.shadow.MmuMode;

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

    final long[] pdptes = new long[Root.PAE_ENTRIES];
    boolean pdptesFresh;
    long cr0;
    long cr4;
    long efer;
    MmuMode mode;

    private boolean guestFaultQueued;
    private int guestFaultError;
    private long guestFaultAddress;

    private final RootSet rootMmu = new RootSet();
    private final RootSet guestMmu = new RootSet();

    VcpuState(int index, MmuMode mode) {
        this.index = index;
        this.mode = mode;
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
        return mode;
    }

    /** The roots in use. */
    public RootSet roots() {
        return rootMmu;
    }

    /** The roots that shadow the nested tables of an L1 hypervisor (NE-1). */
    public RootSet nestedRoots() {
        return guestMmu;
    }

    /** The physical address space, 0 normal. */
    public int addressSpace() {
        return 0;
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
