package org.shadowmmu.lab.workload;

/** How the guest used a page, as a stream tells it; the order is that of the stream's kind numbers. */
public enum EntryKind {
    /** A data read. */
    READ,
    /** A data write. */
    WRITE,
    /** An instruction fetch. */
    FETCH,
    /** The hardware page walker read the page as a guest page table. */
    TABLE_READ;

    private static final EntryKind[] BY_CODE = values();

    /** The kind with the stream's number {@code code}, 0 to 3. */
    static EntryKind of(int code) {
        return BY_CODE[code];
    }
}
