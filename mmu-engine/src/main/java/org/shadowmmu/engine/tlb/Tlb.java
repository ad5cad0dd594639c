package org.shadowmmu.engine.tlb;

import java.util.Arrays;

/**
 * The translation lookaside buffer of one virtual CPU (OV-9): translations that the processor goes on using until they
 * are flushed, whatever the tables say by then.
 *
 * <p>Set-associative, and within a set the entry that came first goes first, so that equal accesses always give equal
 * contents. A huge page is kept in pieces of 4 KiB, as processors do when the guest's page and the host's differ in size.
 * Entries have no address-space tag: whatever changes the root flushes everything, global pages too.
 *
 * <p>Complexity: a lookup and an insertion look at one set, dropping a huge page looks at every entry.
 */
public final class Tlb {
    /** What {@link #find} returns when there is no translation. */
    public static final int MISS = -1;

    private static final long EMPTY = -1L;
    private static final int LEVEL_BITS = 9;
    private static final int LARGEST_PAGE = 3;

    private final int ways;
    private final int setMask;
    private final long[] pages;
    private final long[] rights;
    private final long[] frames;
    private final byte[] levels;
    private final int[] oldest;

    private long hits;
    private long misses;
    private long flushes;
    private long dropped;
    private boolean anyHuge;

    /**
     * Makes an empty buffer.
     *
     * @param sets number of sets, a power of two
     * @param ways entries in a set, 1 or more
     * @throws IllegalArgumentException if a number is illegal
     */
    public Tlb(int sets, int ways) {
        if (sets < 1 || Integer.bitCount(sets) != 1 || ways < 1) {
            throw new IllegalArgumentException(
                    "a TLB has a power of two of sets and at least one way, not " + sets + " sets of " + ways);
        }
        this.ways = ways;
        setMask = sets - 1;
        pages = new long[sets * ways];
        Arrays.fill(pages, EMPTY);
        rights = new long[sets * ways];
        frames = new long[sets * ways];
        levels = new byte[sets * ways];
        oldest = new int[sets];
    }

    /** The place of the translation of a page (an address shifted right by 12); {@link #MISS} if there is none. */
    public int find(long page) {
        int first = ((int) page & setMask) * ways;
        for (int place = first; place < first + ways; place++) {
            if (pages[place] == page) {
                return place;
            }
        }
        return MISS;
    }

    /** The bits of the SPTEs that led to a translation: writable, user, no-execute of the whole walk, dirty of the leaf. */
    public long rights(int place) {
        return rights[place];
    }

    /** The host frame of a translation. */
    public long frame(int place) {
        return frames[place];
    }

    /** The page of a place; -1 if the place is free. */
    public long page(int place) {
        return pages[place];
    }

    /** The number of places. */
    public int size() {
        return pages.length;
    }

    /** An access was served from here. */
    public void countHit() {
        hits++;
    }

    /** An access was not served from here. */
    public void countMiss() {
        misses++;
    }

    /** Keeps a translation; one of the same page is replaced, else the oldest of its set. */
    public void insert(long page, long frame, long newRights, int level) {
        int place = find(page);
        if (place == MISS) {
            int set = (int) page & setMask;
            place = set * ways + oldest[set];
            oldest[set] = oldest[set] + 1 == ways ? 0 : oldest[set] + 1;
        }
        pages[place] = page;
        frames[place] = frame;
        rights[place] = newRights;
        levels[place] = (byte) level;
        anyHuge |= level > 1;
    }

    /** Drops what is known of an address, with all of the huge page around it (INVLPG). */
    public void drop(long address) {
        long page = address >>> 12;
        int place = find(page);
        if (place != MISS) {
            pages[place] = EMPTY;
            dropped++;
        }
        if (anyHuge) {
            dropHuge(page);
        }
    }

    private void dropHuge(long page) {
        for (int place = 0; place < pages.length; place++) {
            int level = levels[place];
            if (pages[place] != EMPTY
                    && level > 1
                    && level <= LARGEST_PAGE
                    && (pages[place] ^ page) >>> LEVEL_BITS * (level - 1) == 0) {
                pages[place] = EMPTY;
                dropped++;
            }
        }
    }

    /** Drops everything. */
    public void flush() {
        Arrays.fill(pages, EMPTY);
        Arrays.fill(oldest, 0);
        anyHuge = false;
        flushes++;
    }

    /** Accesses served from here. */
    public long hits() {
        return hits;
    }

    /** Accesses that had to walk the tables. */
    public long misses() {
        return misses;
    }

    /** Times that everything was dropped. */
    public long flushes() {
        return flushes;
    }

    /** Entries dropped one by one. */
    public long dropped() {
        return dropped;
    }
}
