package org.shadowmmu.lab.workload;

/** The guest's own translation, read from the tables in its memory without any access being made. */
final class GuestTables {
    private static final int INDEX_BITS = 9;
    private static final long INDEX_MASK = 511;

    private final ShadowMachine machine;
    private final int levels;
    private long gfn;
    private long rights;
    private long lastTable;

    /** Reads tables of so many levels. */
    GuestTables(ShadowMachine machine, int levels) {
        this.machine = machine;
        this.levels = levels;
    }

    /**
     * Translates a virtual page.
     *
     * @param root frame of the top table
     * @return whether there is a translation
     */
    boolean translate(long root, long virtualPage) {
        long table = root;
        rights = -1L;
        for (int level = levels; ; level--) {
            int shift = INDEX_BITS * (level - 1);
            long entry = machine.peek((table << 12) + 8 * (virtualPage >>> shift & INDEX_MASK));
            if (!TableEntry.present(entry)) {
                return false;
            }
            rights &= entry;
            if (level == 1 || (entry & TableEntry.PAGE_SIZE) != 0) {
                long pages = 1L << shift;
                gfn = TableEntry.target(entry) & -pages | virtualPage & pages - 1;
                lastTable = level == 1 ? table : -1;
                return true;
            }
            table = TableEntry.target(entry);
        }
    }

    /** The last table on the way to a virtual page, even if that is not mapped; -1 if there is none. */
    long lastTable(long root, long virtualPage) {
        long table = root;
        for (int level = levels; level > 1; level--) {
            long entry = machine.peek((table << 12) + 8 * (virtualPage >>> INDEX_BITS * (level - 1) & INDEX_MASK));
            if (!TableEntry.present(entry) || (entry & TableEntry.PAGE_SIZE) != 0) {
                return -1;
            }
            table = TableEntry.target(entry);
        }
        return table;
    }

    /** The frame of the last translation. */
    long gfn() {
        return gfn;
    }

    /** Whether the last translation is for user mode. */
    boolean user() {
        return (rights & TableEntry.USER) != 0;
    }

    /** Whether the last translation is writable. */
    boolean writable() {
        return (rights & TableEntry.WRITABLE) != 0;
    }

    /** The last table that the last translation went through; -1 if its page is a huge one. */
    long lastTable() {
        return lastTable;
    }
}
