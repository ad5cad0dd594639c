package org.shadowmmu.engine.vm;

/** What an access by virtual address met, shadow paging. */
public enum VirtualAccessResult {
    /** The translation was there. */
    HIT,
    /** One or more faults were handled first; the access may have been emulated. */
    FAULT,
    /** No memory, or a write to read-only memory: the access left the virtual machine. */
    MMIO,
    /** The guest's own tables refuse the access: it gets a page fault, see {@code VcpuState.guestFaultError}. */
    GUEST_FAULT,
    /** The guest cannot go on, because its top table lies outside memory (SP-32). */
    SHUTDOWN
}
