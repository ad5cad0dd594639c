package org.shadowmmu.engine.request;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;

/**
 * The pending requests of every virtual CPU. They are raised at any time and serviced at that CPU's next entry, in the
 * order of VC-20; a request raised twice is serviced once.
 */
public final class VcpuRequests {
    /** Free roots that are obsolete (VC-24). */
    public static final int FREE_OBSOLETE_ROOTS = 1;
    /** Synchronise the roots (US-26). */
    public static final int MMU_SYNC = 1 << 1;
    /** Load the current root into the hardware. */
    public static final int LOAD_MMU_PGD = 1 << 2;
    /** Flush everything because another party changed SPTEs (VC-30). */
    public static final int TLB_FLUSH = 1 << 3;
    /** Flush the current context. */
    public static final int TLB_FLUSH_CURRENT = 1 << 4;
    /** The guest flushes its TLB (VC-22). */
    public static final int TLB_FLUSH_GUEST = 1 << 5;
    /** The guest cannot go on (SP-32). */
    public static final int TRIPLE_FAULT = 1 << 6;

    private final int[] pending;
    private final Counters counters;

    /** Makes an empty set for {@code vcpus} virtual CPUs. */
    public VcpuRequests(int vcpus, Counters counters) {
        this.pending = new int[vcpus];
        this.counters = counters;
    }

    /** Raises requests on one virtual CPU. */
    public void raise(int vcpu, int requests) {
        pending[vcpu] |= requests;
    }

    /** Raises requests on every virtual CPU. */
    public void raiseAll(int requests) {
        for (int vcpu = 0; vcpu < pending.length; vcpu++) {
            pending[vcpu] |= requests;
        }
    }

    /** Whether one of the requests is pending. */
    public boolean pending(int vcpu, int requests) {
        return (pending[vcpu] & requests) != 0;
    }

    /** Whether anything is pending. */
    public boolean any(int vcpu) {
        return pending[vcpu] != 0;
    }

    /** Takes a request back; returns whether it was pending. */
    public boolean take(int vcpu, int request) {
        boolean was = (pending[vcpu] & request) != 0;
        pending[vcpu] &= ~request;
        return was;
    }

    /**
     * One remote flush, ranged or not (VC-30, VC-31): every virtual CPU flushes at its next entry. No other CPU is ever
     * inside the guest here, so none is interrupted and {@code remote_tlb_flush} stays.
     */
    public void remoteFlush() {
        counters.add(Counter.REMOTE_TLB_FLUSH_REQUESTS, 1);
        raiseAll(TLB_FLUSH);
    }
}
