package org.shadowmmu.engine.memory;

import org.jspecify.annotations.Nullable;

/**
 * A range of guest physical memory with one backing (MS-1), and what the MMU keeps per slot: reverse-map heads, the
 * counters that forbid huge pages, write tracking, the dirty bitmap.
 */
public final class Memslot {
    /** Flag: log dirty pages. */
    public static final int LOG_DIRTY = 1;
    /** Flag: the guest may only read. */
    public static final int READONLY = 2;

    /** Levels that leaf SPTEs can have: 1, 2 and 3. */
    public static final int LEAF_LEVELS = 3;

    private static final int LEVEL_SHIFT = 9;
    private static final int TABLE_SHIFT = 16;
    private static final int TABLE = 1 << TABLE_SHIFT;

    private final int id;
    private final int addressSpace;
    private final long baseGfn;
    private final long pages;
    private final Backing backing;
    private final long backingPage;
    private final int flags;
    /** Heads by level; null until a leaf of the level is entered, as with the TDP MMU none ever is (TDP-1). */
    private final int[] @Nullable [] rmaps;

    private final int[][] disallowHuge;
    /** For each frame, pages that shadow it times {@link #TABLE}, plus those of level 2 and above; null until there is one. */
    private final int[] @Nullable [] tables;

    private final long @Nullable [] dirty;
    private boolean invalid;

    private Memslot(
            int id,
            int addressSpace,
            long baseGfn,
            long pages,
            Backing backing,
            long backingPage,
            int flags,
            int[] @Nullable [] rmaps,
            int[][] disallowHuge,
            int[] @Nullable [] tables,
            long @Nullable [] dirty) {
        this.id = id;
        this.addressSpace = addressSpace;
        this.baseGfn = baseGfn;
        this.pages = pages;
        this.backing = backing;
        this.backingPage = backingPage;
        this.flags = flags;
        this.rmaps = rmaps;
        this.disallowHuge = disallowHuge;
        this.tables = tables;
        this.dirty = dirty;
    }

    /** Makes a slot without any mapping; huge pages are forbidden where alignment forbids them (MS-5). */
    static Memslot create(
            int id, int addressSpace, long baseGfn, long pages, Backing backing, long backingPage, int flags) {
        int[][] disallow = new int[LEAF_LEVELS][];
        for (int level = 2; level <= LEAF_LEVELS; level++) {
            disallow[level - 1] = alignment(baseGfn, pages, backing.pfn(backingPage), level);
        }
        return new Memslot(
                id,
                addressSpace,
                baseGfn,
                pages,
                backing,
                backingPage,
                flags,
                new int[LEAF_LEVELS][],
                disallow,
                new int[1][],
                bitmapFor(flags, pages, null));
    }

    private static int[] alignment(long baseGfn, long pages, long hostPage, int level) {
        int[] counts = new int[blocks(baseGfn, pages, level)];
        long mask = (1L << LEVEL_SHIFT * (level - 1)) - 1;
        if (((baseGfn ^ hostPage) & mask) != 0) {
            java.util.Arrays.fill(counts, 1);
            return counts;
        }
        if ((baseGfn & mask) != 0) {
            counts[0] = 1;
        }
        if ((baseGfn + pages & mask) != 0) {
            counts[counts.length - 1] = 1;
        }
        return counts;
    }

    private static long @Nullable [] bitmapFor(int flags, long pages, long @Nullable [] old) {
        if ((flags & LOG_DIRTY) == 0) {
            return null;
        }
        return old != null ? old : new long[Math.toIntExact(pages + 63 >> 6)];
    }

    /** The same slot with other flags; every account is kept (MS-31). */
    Memslot withFlags(int newFlags) {
        return new Memslot(
                id,
                addressSpace,
                baseGfn,
                pages,
                backing,
                backingPage,
                newFlags,
                rmaps,
                disallowHuge,
                tables,
                bitmapFor(newFlags, pages, dirty));
    }

    /** The slot at another place, with fresh accounts; the dirty bitmap moves with it (MS-10a). */
    Memslot movedTo(long newBaseGfn, int newFlags) {
        Memslot fresh = create(id, addressSpace, newBaseGfn, pages, backing, backingPage, newFlags);
        return new Memslot(
                id,
                addressSpace,
                newBaseGfn,
                pages,
                backing,
                backingPage,
                newFlags,
                fresh.rmaps,
                fresh.disallowHuge,
                fresh.tables,
                bitmapFor(newFlags, pages, dirty));
    }

    private static int blocks(long baseGfn, long pages, int level) {
        int shift = LEVEL_SHIFT * (level - 1);
        return Math.toIntExact((baseGfn + pages - 1 >> shift) - (baseGfn >> shift) + 1);
    }

    /** The slot's number, unique in its address space. */
    public int id() {
        return id;
    }

    /** 0 normal, 1 system management mode. */
    public int addressSpace() {
        return addressSpace;
    }

    /** First guest frame number. */
    public long baseGfn() {
        return baseGfn;
    }

    /** Size in 4 KiB pages. */
    public long pages() {
        return pages;
    }

    /** The guest frame number behind the last. */
    public long endGfn() {
        return baseGfn + pages;
    }

    /** Whether the frame lies in the slot. */
    public boolean contains(long gfn) {
        return gfn >= baseGfn && gfn < baseGfn + pages;
    }

    /** The host memory behind the slot. */
    public Backing backing() {
        return backing;
    }

    /** The page of the backing at which the slot begins. */
    public long backingPage() {
        return backingPage;
    }

    /** The page of the backing behind a guest frame. */
    public long hostPage(long gfn) {
        return backingPage + (gfn - baseGfn);
    }

    /** {@link #LOG_DIRTY} and {@link #READONLY}. */
    public int flags() {
        return flags;
    }

    /** Whether dirty pages are logged. */
    public boolean logsDirty() {
        return (flags & LOG_DIRTY) != 0;
    }

    /** Whether the guest may only read. */
    public boolean readOnly() {
        return (flags & READONLY) != 0;
    }

    /** Whether the slot is being deleted or moved (MS-11). */
    public boolean invalid() {
        return invalid;
    }

    void markInvalid() {
        invalid = true;
    }

    /** The index of a frame's entry in per-level arrays (RM-9). */
    public int index(long gfn, int level) {
        int shift = LEVEL_SHIFT * (level - 1);
        return (int) ((gfn >> shift) - (baseGfn >> shift));
    }

    /** The number of entries in the per-level arrays. */
    public int indexes(int level) {
        return blocks(baseGfn, pages, level);
    }

    /** The head of a reverse map: a list of the leaf SPTEs of one level that map a frame. */
    public int rmap(int level, int index) {
        int[] heads = rmaps[level - 1];
        return heads == null ? 0 : heads[index];
    }

    /** Sets the head of a reverse map. */
    public void setRmap(int level, int index, int head) {
        int[] heads = rmaps[level - 1];
        if (heads == null) {
            heads = new int[indexes(level)];
            rmaps[level - 1] = heads;
        }
        heads[index] = head;
    }

    /** Whether a leaf of the level was ever entered into its reverse map. */
    public boolean anyRmap(int level) {
        return rmaps[level - 1] != null;
    }

    /** The number of reverse maps of a level that are not empty. */
    public int filledRmaps(int level) {
        int[] heads = rmaps[level - 1];
        int filled = 0;
        if (heads != null) {
            for (int head : heads) {
                filled += (head | -head) >>> 31;
            }
        }
        return filled;
    }

    /** Whether a huge page of this level is forbidden at the frame (MS-5, SP-16). */
    public boolean hugeDisallowed(long gfn, int level) {
        return disallowHuge[level - 1][index(gfn, level)] != 0;
    }

    /** The largest level at which the slot and the host allow the frame to be mapped (PF-35, PF-36). */
    public int possibleLevel(long gfn) {
        return possibleLevel(gfn, LEAF_LEVELS);
    }

    /** As {@link #possibleLevel(long)}, not above a level. */
    public int possibleLevel(long gfn, int maxLevel) {
        int level = Math.min(maxLevel, LEAF_LEVELS);
        while (level > 1 && hugeDisallowed(gfn, level)) {
            level--;
        }
        return Math.min(level, backing.mappingLevel(hostPage(gfn)));
    }

    /** The counter behind {@link #hugeDisallowed}. */
    public int disallowCount(int level, int index) {
        return disallowHuge[level - 1][index];
    }

    /** What {@link #disallowCount} is when no page is shadowed (MS-5). */
    public int[] alignmentCounts(int level) {
        return alignment(baseGfn, pages, backing.pfn(backingPage), level);
    }

    /**
     * Counts a page that shadows a guest table, or takes it back: at its frame, and in the blocks of all huge levels, which it
     * forbids (SP-16, SP-18).
     *
     * @param level the page's level
     * @param amount 1 or -1
     */
    public void countTable(long gfn, int level, int amount) {
        int[] counts = tables[0];
        if (counts == null) {
            counts = new int[Math.toIntExact(pages)];
            tables[0] = counts;
        }
        counts[(int) (gfn - baseGfn)] += amount * (level > 1 ? TABLE + 1 : TABLE);
        for (int huge = 2; huge <= LEAF_LEVELS; huge++) {
            disallowHuge[huge - 1][index(gfn, huge)] += amount;
        }
    }

    /** The number of shadow pages of level 2 and above that shadow the frame (SP-16). */
    public int trackCount(long gfn) {
        return counted(gfn) & TABLE - 1;
    }

    /** The number of shadow pages that shadow the frame, whatever their level. */
    public int tableCount(long gfn) {
        return counted(gfn) >>> TABLE_SHIFT;
    }

    private int counted(long gfn) {
        int[] counts = tables[0];
        return counts == null ? 0 : counts[(int) (gfn - baseGfn)];
    }

    /** The number of frames whose {@link #trackCount} is not 0. */
    public int trackedFrames() {
        return frames(TABLE - 1);
    }

    /** The number of frames whose {@link #tableCount} is not 0. */
    public int tableFrames() {
        return frames(-TABLE);
    }

    private int frames(int mask) {
        int[] counts = tables[0];
        int frames = 0;
        if (counts != null) {
            for (int count : counts) {
                int masked = count & mask;
                frames += (masked | -masked) >>> 31;
            }
        }
        return frames;
    }

    /** Notes a write, if dirty pages are logged (DL-6). */
    public void markDirty(long gfn) {
        if (dirty != null) {
            long relative = gfn - baseGfn;
            dirty[(int) (relative >> 6)] |= 1L << relative;
        }
    }

    /** The number of 64-page words of the dirty bitmap; 0 if dirty pages are not logged. */
    public int dirtyWords() {
        return dirty == null ? 0 : dirty.length;
    }

    /** 64 pages of the dirty bitmap. */
    public long dirtyWord(int word) {
        return dirty == null ? 0 : dirty[word];
    }

    /** Clears bits of the dirty bitmap; returns those that were set. */
    public long clearDirty(int word, long mask) {
        if (dirty == null) {
            return 0;
        }
        long cleared = dirty[word] & mask;
        dirty[word] &= ~mask;
        return cleared;
    }

    /** Sets every bit of the dirty bitmap (DL-1a). */
    public void markAllDirty() {
        if (dirty != null) {
            java.util.Arrays.fill(dirty, -1L);
            int rest = (int) (pages & 63);
            if (rest != 0) {
                dirty[dirty.length - 1] = (1L << rest) - 1;
            }
        }
    }
}
