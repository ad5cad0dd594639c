package org.shadowmmu.engine.guest;

/**
 * How a guest's page tables are to be read: format, levels, reserved bits, and the register bits that permissions depend
 * on (GP-12 to GP-19). A value object, made anew when a register changes.
 *
 * @param levels 2 (32-bit), 3 (PAE), 4 or 5; 0 while paging is off
 * @param fourByte entries have 4 bytes (CR4.PAE clear)
 * @param writeProtect CR0.WP
 * @param noExecute EFER.NX
 * @param smep CR4.SMEP
 * @param smap CR4.SMAP
 * @param pageSizeExtension CR4.PSE, for 32-bit tables
 * @param amd nonleaf bit 8 is reserved at levels 4 and 5
 * @param gigabytePages 1 GiB pages exist
 * @param physicalBits guest MAXPHYADDR
 */
public record PagingMode(
        int levels,
        boolean fourByte,
        boolean writeProtect,
        boolean noExecute,
        boolean smep,
        boolean smap,
        boolean pageSizeExtension,
        boolean amd,
        boolean gigabytePages,
        int physicalBits) {
    /** Entry bit: present. */
    public static final long PRESENT = 1;
    /** Entry bit: writable. */
    public static final long WRITABLE = 1 << 1;
    /** Entry bit: user. */
    public static final long USER = 1 << 2;
    /** Entry bit: accessed. */
    public static final long ACCESSED = 1 << 5;
    /** Entry bit: dirty. */
    public static final long DIRTY = 1 << 6;
    /** Entry bit: leaf above level 1. */
    public static final long PAGE_SIZE = 1 << 7;
    /** Entry bit: not executable. */
    public static final long NX = 1L << 63;

    private static final long ADDRESS_64 = (1L << 52) - (1L << 12);
    private static final long ADDRESS_32 = (1L << 32) - (1L << 12);

    /** Paging is off. */
    public static PagingMode off() {
        return new PagingMode(0, false, false, false, false, false, false, true, true, 40);
    }

    /** Whether paging is off. */
    public boolean isOff() {
        return levels == 0;
    }

    /** Bytes of an entry. */
    public int entrySize() {
        return fourByte ? 4 : 8;
    }

    /** The entry's index in the table of this level. */
    public int index(long address, int level) {
        return fourByte
                ? (int) (address >>> 12 + 10 * (level - 1)) & 1023
                : (int) (address >>> 12 + 9 * (level - 1)) & 511;
    }

    /** The guest frame that an entry points to. */
    public long gfn(long entry) {
        return (entry & (fourByte ? ADDRESS_32 : ADDRESS_64)) >>> 12;
    }

    /** The pages a leaf at this level maps. */
    public long leafPages(int level) {
        return fourByte ? 1L << 10 * (level - 1) : 1L << 9 * (level - 1);
    }

    /** Whether a present, legal entry at this level is a leaf (GP-12). */
    public boolean leaf(long entry, int level) {
        if (level == 1) {
            return true;
        }
        return (entry & PAGE_SIZE) != 0 && (!fourByte || pageSizeExtension);
    }

    /** Whether a present entry has a reserved bit set (GP-15 to GP-17). */
    public boolean reserved(long entry, int level) {
        return (entry & reservedMask(entry, level)) != 0;
    }

    private long reservedMask(long entry, int level) {
        boolean large = level > 1 && (entry & PAGE_SIZE) != 0;
        if (fourByte) {
            return large && pageSizeExtension ? bits(17, 21) : 0;
        }
        int top = levels == 3 ? 62 : 51;
        long high = bits(physicalBits, top) | (noExecute ? 0 : NX);
        return switch (level) {
            case 1 -> high;
            case 2 -> large ? high | bits(13, 20) : high;
            case 3 -> {
                if (!large) {
                    yield high;
                }
                yield high | bits(13, 29) | (gigabytePages ? 0 : PAGE_SIZE);
            }
            default -> high | PAGE_SIZE | (amd ? 1L << 8 : 0);
        };
    }

    /** Whether a PDPTE that is loaded into a register has a reserved bit set (VC-9). */
    public static boolean reservedPdpte(long entry, int physicalBits) {
        return (entry & (bits(1, 2) | bits(5, 8) | bits(physicalBits, 63))) != 0;
    }

    private static long bits(int from, int to) {
        return -1L >>> 63 - to & -1L << from;
    }

    /** The access bits (1 execute, 2 write, 4 user) of accumulated entry bits with NX inverted (GP-8, GP-13). */
    int access(long accumulated) {
        int access = (int) (accumulated & (WRITABLE | USER));
        return (accumulated & NX) != 0 ? access | 1 : access;
    }

    /** The access bits of one level-1 entry, writable only if it is dirty (GP-13, GP-14). */
    public int accessOfClean(long entry) {
        int access = access(entry ^ NX);
        return (entry & DIRTY) == 0 ? access & ~2 : access;
    }

    /** Whether a translation with this access refuses an access (GP-19). */
    public boolean refuses(int translation, int wanted) {
        boolean user = (wanted & Access.USER) != 0;
        boolean userPage = (translation & 4) != 0;
        if ((wanted & Access.WRITE) != 0 && (translation & 2) == 0 && (user || writeProtect)) {
            return true;
        }
        if (user && !userPage) {
            return true;
        }
        if ((wanted & Access.FETCH) != 0) {
            return noExecute && (translation & 1) == 0 || smep && !user && userPage;
        }
        return smap && !user && userPage;
    }

    /** The error code of a failed access, from its cause: 0 not present, or the bits P and RSVD (GP-30). */
    public int error(int cause, int wanted) {
        int error = cause | wanted & (Access.WRITE | Access.USER);
        return (wanted & Access.FETCH) != 0 && (noExecute || smep) ? error | Access.FETCH : error;
    }
}
