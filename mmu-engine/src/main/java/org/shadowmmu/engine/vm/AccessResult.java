package org.shadowmmu.engine.vm;

/** What an access met. */
public enum AccessResult {
    /** The translation was there. */
    HIT,
    /** One or more faults were handled first. */
    FAULT,
    /** No memory, or a write to read-only memory: the access left the virtual machine. */
    MMIO
}
