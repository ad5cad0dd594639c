package org.shadowmmu.engine.shadow;

/**
 * The bits of an SPTE in shadow paging and NPT, and questions about them (ST-1 to ST-8, ST-30).
 *
 * <p>In a non-leaf SPTE the address bits hold the {@linkplain ShadowPage#id number} of the child.
 */
public final class Spte {
    /** Present for the hardware. */
    public static final long PRESENT = 1;
    /** Writable. */
    public static final long WRITABLE = 1 << 1;
    /** User. */
    public static final long USER = 1 << 2;
    /** Accessed. */
    public static final long ACCESSED = 1 << 5;
    /** Dirty. */
    public static final long DIRTY = 1 << 6;
    /** Leaf at level 2 or 3. */
    public static final long HUGE = 1 << 7;
    /** The host allows writing. */
    public static final long HOST_WRITABLE = 1 << 9;
    /** The MMU allows writing: no guest table is protected. */
    public static final long MMU_WRITABLE = 1 << 10;
    /** Present for the MMU. */
    public static final long SHADOW_PRESENT = 1 << 11;
    /** Not executable. */
    public static final long NX = 1L << 63;
    /** The address. */
    public static final long ADDRESS = (1L << 52) - (1L << 12);
    /** What a zapped entry of a shared tear-down holds (ST-4). */
    public static final long REMOVED = 0x5a0;

    private static final int PAGE_SHIFT = 12;
    private static final long MMIO = 1L << 51 | PRESENT;
    private static final long MMIO_GFN = (1L << 51) - (1L << PAGE_SHIFT);
    /** The memslot generation as an MMIO SPTE keeps it: 19 bits (ST-5). */
    private static final long GENERATION_MASK = (1 << 19) - 1;

    private static final long GENERATION_LOW = 0xff;
    private static final int GENERATION_LOW_SHIFT = 3;
    private static final int GENERATION_HIGH_SHIFT = 52;

    private Spte() {}

    /** Whether the MMU regards the entry as present (not the hardware's P bit). */
    public static boolean present(long spte) {
        return (spte & SHADOW_PRESENT) != 0;
    }

    /** Whether a present entry at this level is a leaf. */
    public static boolean leaf(long spte, int level) {
        return level == 1 || (spte & HUGE) != 0;
    }

    /** Whether the entry is present and leads to another page. */
    public static boolean presentNonLeaf(long spte, int level) {
        return present(spte) && !leaf(spte, level);
    }

    /** The host frame number. */
    public static long pfn(long spte) {
        return (spte & ADDRESS) >>> PAGE_SHIFT;
    }

    /** The number of the child of a non-leaf entry. */
    public static int childId(long spte) {
        return (int) ((spte & ADDRESS) >>> PAGE_SHIFT);
    }

    /** A non-leaf entry that links a page, always with full permission (ST-8). */
    public static long nonLeaf(int childId, boolean adDisabled) {
        long spte = (long) childId << PAGE_SHIFT | PRESENT | WRITABLE | USER | SHADOW_PRESENT;
        return adDisabled ? spte : spte | ACCESSED;
    }

    /** Whether the entry marks a guest frame without memory (ST-5). */
    public static boolean mmio(long spte) {
        return (spte & (MMIO | SHADOW_PRESENT)) == MMIO;
    }

    /** An MMIO entry. */
    public static long mmio(long gfn, int access, long generation) {
        long kept = generation & GENERATION_MASK;
        return MMIO
                | gfn << PAGE_SHIFT
                | access & (WRITABLE | USER)
                | (kept & GENERATION_LOW) << GENERATION_LOW_SHIFT
                | kept >>> 8 << GENERATION_HIGH_SHIFT;
    }

    /** The guest frame of an MMIO entry. */
    public static long mmioGfn(long spte) {
        return (spte & MMIO_GFN) >>> PAGE_SHIFT;
    }

    /** The access an MMIO entry keeps: writable and user. */
    public static int mmioAccess(long spte) {
        return (int) (spte & (WRITABLE | USER));
    }

    /** The generation an MMIO entry keeps. */
    public static long mmioGeneration(long spte) {
        return spte >>> GENERATION_LOW_SHIFT & GENERATION_LOW | (spte >>> GENERATION_HIGH_SHIFT & 0x7ff) << 8;
    }

    /** A generation cut to the bits that MMIO entries keep. */
    public static long mmioGenerationOf(long generation) {
        return generation & GENERATION_MASK;
    }

    /** Whether a present leaf may become writable without the MMU being asked (ST-6). */
    public static boolean mmuWritable(long spte) {
        return (spte & MMU_WRITABLE) != 0;
    }

    /** Whether the hardware lets the guest write. */
    public static boolean writable(long spte) {
        return (spte & WRITABLE) != 0;
    }

    /**
     * One of the 512 leaves into which a huge leaf is split (DL-20b).
     *
     * @param level the huge leaf's level
     * @param access what the role of the new table allows
     * @param nxHugePages whether huge leaves were made not executable although the guest may execute there
     */
    public static long splitChild(long huge, int level, int index, int access, boolean nxHugePages) {
        long child = huge + ((long) index << PAGE_SHIFT + 9 * (level - 2));
        if (level > 2) {
            return child;
        }
        child &= ~HUGE;
        return nxHugePages && (access & Role.ACC_EXEC) != 0 ? child & ~NX : child;
    }

    /** Whether changing a present entry needs a flush (ST-30). */
    public static boolean needsFlush(long old, long replacement) {
        if (!present(old)) {
            return false;
        }
        return mmuWritable(old) && !writable(replacement) || (old & ~replacement & (ACCESSED | DIRTY)) != 0;
    }
}
