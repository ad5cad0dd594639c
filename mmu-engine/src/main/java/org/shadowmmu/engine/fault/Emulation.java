package org.shadowmmu.engine.fault;

/** How an emulation ended. */
public enum Emulation {
    /** The instruction is done. */
    DONE,
    /** The guest runs the instruction again. */
    RESUME,
    /** A walk of the emulator failed: a page fault is queued for the guest (RC-16). */
    GUEST_FAULT,
    /** The bytes of the instruction cannot be read: the guest gets an invalid-opcode exception (EM-6a). */
    UNREADABLE
}
