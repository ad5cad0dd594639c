package org.shadowmmu.lab.workload;

/**
 * What a workload drives: a virtual machine under the MMU's care. One thread, no locks.
 *
 * <p>This is all that the replay needs of the engine, so a test can stand in a plain model.
 */
public interface GuestMachine {
    /** Outcome of an access: the translation was there. */
    int HIT = 0;
    /** Outcome of an access: one or more page faults were handled, then it succeeded. */
    int FAULT = 1;
    /** Outcome of an access: there is no memory, or none that may be written; a device would be asked. */
    int MMIO = 2;

    /**
     * Gives the host a block of memory for slots to lie in, all of it present.
     *
     * @param id number of the block, counted from 0
     * @param pages size in 4 KiB pages
     * @param huge whether the host backs it with huge pages where alignment allows
     */
    void addBacking(int id, long pages, boolean huge);

    /**
     * Creates, changes or deletes a memslot.
     *
     * @param addressSpace 0 normal, 1 system management mode
     * @param slot number of the slot in its address space
     * @param gfn first guest frame number
     * @param pages size in 4 KiB pages; 0 deletes the slot
     * @param flags {@link SlotChange#LOG_DIRTY} and {@link SlotChange#READ_ONLY}
     * @param backing number of the host's block
     * @param backingPage first page within it
     * @return 0, or the error number with which the hypervisor refuses
     */
    int setMemslot(int addressSpace, int slot, long gfn, long pages, int flags, int backing, long backingPage);

    /** Sets the quota of shadow pages; returns 0 or an error number. */
    int setQuota(long pages);

    /**
     * Reads the dirty log of a slot, which clears it.
     *
     * @return the number of dirty pages; -1 if the slot does not log
     */
    long readDirtyLog(int addressSpace, int slot);

    /** Lets a virtual CPU use guest memory; returns {@link #HIT}, {@link #FAULT} or {@link #MMIO}. */
    int access(int vcpu, long gpa, EntryKind kind);

    /** The page faults handled so far. */
    long faults();

    /** The shadow pages reclaimed at the quota so far. */
    long reclaimed();

    /** The shadow pages zapped so far, for whatever reason. */
    long zapped();

    /** The shadow pages created so far. */
    long created();

    /** The simulated time that the MMU worked so far, in nanoseconds; the guest's own time is not in it. */
    long mmuNanos();

    /** The shadow pages in use now. */
    long usedPages();

    /** The quota of shadow pages now. */
    long quota();

    /** The guest pages that leaf entries of shadow pages map now, in 4 KiB pages. */
    long mappedPages();

    /**
     * The guest pages that a virtual CPU reaches from its root now, in 4 KiB pages: those mapped, without those below a
     * table that lost its last parent. Costs a look at every directory, and at every table if there are orphans.
     */
    long referencedPages();

    /**
     * The shadow pages in use that no root leads to which a virtual CPU holds now, be it current or kept for its return. As
     * costly as {@link #referencedPages}.
     */
    long stalePages();
}
