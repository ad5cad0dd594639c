package org.shadowmmu.engine.vm;

import org.shadowmmu.engine.guest.Access;

/** How a guest touches memory by its physical address. */
public enum AccessKind {
    /** A data read. */
    READ(0, Access.GUEST_FINAL),
    /** A data write. */
    WRITE(Access.WRITE, Access.GUEST_FINAL),
    /** An instruction fetch. */
    FETCH(Access.FETCH, Access.GUEST_FINAL),
    /** A read of a guest page table by the processor, which two-dimensional paging treats as a write (RC-4). */
    PAGE_TABLE(Access.WRITE, Access.GUEST_PAGE);

    final int bits;
    final long stage;

    AccessKind(int bits, long stage) {
        this.bits = bits;
        this.stage = stage;
    }
}
