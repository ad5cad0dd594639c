package org.shadowmmu.lab.workload;

/** Guest page-table entries of 8 bytes, and how streams write them down. */
final class TableEntry {
    static final long PRESENT = 1;
    static final long WRITABLE = 1 << 1;
    static final long USER = 1 << 2;
    static final long ACCESSED = 1 << 5;
    static final long DIRTY = 1 << 6;
    static final long PAGE_SIZE = 1 << 7;
    static final long GLOBAL = 1 << 8;
    static final long NO_EXECUTE = 1L << 63;

    private static final long ADDRESS = (1L << 52) - (1L << 12);
    /** The entry bit of each flag bit of a stream, in order. */
    private static final long[] FLAGS = {
        PRESENT, WRITABLE, USER, PAGE_SIZE, GLOBAL, NO_EXECUTE, ACCESSED, DIRTY,
    };

    private TableEntry() {}

    /** The entry that a stream gives as flags and target frame. */
    static long of(int flags, long target) {
        long entry = target << 12 & ADDRESS;
        for (int i = 0; i < FLAGS.length; i++) {
            if ((flags >> i & 1) != 0) {
                entry |= FLAGS[i];
            }
        }
        return entry;
    }

    static boolean present(long entry) {
        return (entry & PRESENT) != 0;
    }

    /** The frame that an entry points to. */
    static long target(long entry) {
        return (entry & ADDRESS) >>> 12;
    }

    /** Whether two entries say the same, whatever the processor marked in them. */
    static boolean same(long one, long other) {
        return ((one ^ other) & ~(ACCESSED | DIRTY)) == 0;
    }

    /**
     * Whether a processor that knows the old entry must be told of the new one: it maps something else, or allows less. What
     * only allows more is found out by the fault.
     */
    static boolean outdates(long old, long replacement) {
        if (!present(old)) {
            return false;
        }
        boolean less =
                (old & ~replacement & (PRESENT | WRITABLE | USER)) != 0 || (replacement & ~old & NO_EXECUTE) != 0;
        return less || target(old) != target(replacement);
    }
}
