package org.shadowmmu.lab.workload;

/** A {@link GuestMachine} under shadow paging, driven by virtual address; the guest's page tables lie in its memory. */
public interface ShadowMachine extends GuestMachine {
    /** Outcome of an access: the guest's own tables refuse it. */
    int GUEST_FAULT = 3;
    /** Outcome of an access: the guest cannot go on. */
    int SHUTDOWN = 4;

    /** How the guest stores. */
    enum Store {
        /** With a plain move, as operating systems change a page-table entry. */
        MOVE,
        /** With a string instruction, as they clear a page. */
        STRING
    }

    /** Says where the instruction lies that makes the next accesses; the hypervisor reads it there to emulate it. */
    void instructionAt(int vcpu, long address);

    /**
     * Lets a virtual CPU use memory.
     *
     * @param kind any but {@link EntryKind#TABLE_READ}
     * @param user whether at CPL 3
     * @return one of the outcomes
     */
    int accessVirtual(int vcpu, long address, EntryKind kind, boolean user);

    /** Lets a virtual CPU store 8 bytes at CPL 0; returns one of the outcomes. */
    int storeVirtual(int vcpu, long address, long value, Store how);

    /** Whether the last access reached another host page than the one behind a guest frame; an emulated one reaches none. */
    boolean missed(long gfn);

    /** The guest writes CR0; returns whether that is legal. */
    boolean writeCr0(int vcpu, long value);

    /** The guest writes CR3; returns whether that is legal. */
    boolean writeCr3(int vcpu, long value);

    /** The guest writes CR4; returns whether that is legal. */
    boolean writeCr4(int vcpu, long value);

    /** The guest writes EFER. */
    void writeEfer(int vcpu, long value);

    /** The guest executes INVLPG. */
    void invalidate(int vcpu, long address);

    /** The 8 bytes at a guest physical address, without any access being made; 0 outside memory. */
    long peek(long gpa);

    /** Changes 8 bytes of memory behind the hypervisor's back. */
    void poke(long gpa, long value);

    /** Zeroes a frame of memory behind the hypervisor's back. */
    void clear(long gfn);

    /** Whether a shadow page mirrors the frame as a guest page table. */
    boolean mirrored(long gfn);
}
