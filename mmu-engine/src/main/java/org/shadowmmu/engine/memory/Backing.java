package org.shadowmmu.engine.memory;

import org.jspecify.annotations.Nullable;

/**
 * A block of host memory that memslots map: how the host backs each part, and what it contains (RC-24).
 *
 * <p>Every aligned 2 MiB block is in one of four states, every page of a block that is mapped by 4 KiB pages in one of
 * three. Unless something takes pages away, all of it is present and writable.
 */
public final class Backing {
    /** 4 KiB pages in a 2 MiB block. */
    public static final int BLOCK_PAGES = 512;

    private static final int BLOCK_SHIFT = 9;
    /** Backings start at multiples of 1 GiB, so that huge pages are aligned as the block is. */
    static final int ALIGN_SHIFT = 18;

    private static final byte HUGE = 0;
    private static final byte SMALL = 1;
    private static final byte HUGE_ZERO = 2;
    private static final byte NOTHING = 3;

    private static final byte PRESENT = 0;
    private static final byte ZERO = 1;
    private static final byte ABSENT = 2;

    /** States of a block whose pages are alike, shared by all such blocks until one of their pages changes. */
    private static final byte[] ALL_ZERO = states(ZERO);

    private static final byte[] ALL_ABSENT = states(ABSENT);

    private static final int WORDS = 512;

    /** Words that say what a run holds: its first word, the step, and how many of its first words were zeroed. */
    private static final int RUN_FIRST = 0;

    private static final int RUN_STEP = 1;
    private static final int RUN_ZEROED = 2;

    private final int id;
    private final long pages;
    private final boolean huge;
    private final long firstPfn;
    private final byte[] blocks;
    /** Page states of a block of small pages; null while all are present. */
    private final byte[] @Nullable [] pageStates;
    /** Contents by block and page: 512 words, or those of a {@linkplain #fillRun run}; null where nothing was ever written. */
    private final long[] @Nullable [][] contents;

    private long @Nullable [] pattern;

    Backing(int id, long pages, boolean huge, long slotOfBacking) {
        this.id = id;
        this.pages = pages;
        this.huge = huge;
        this.firstPfn = slotOfBacking << ALIGN_SHIFT;
        int count = Math.toIntExact((pages + BLOCK_PAGES - 1) >> BLOCK_SHIFT);
        this.blocks = new byte[count];
        if (!huge) {
            java.util.Arrays.fill(blocks, SMALL);
        }
        this.pageStates = new byte[count][];
        this.contents = new long[count][][];
    }

    /** The number by which memslots name this backing. */
    public int id() {
        return id;
    }

    /** Size in 4 KiB pages. */
    public long pages() {
        return pages;
    }

    /** Whether the host uses 2 MiB pages where it can. */
    public boolean huge() {
        return huge;
    }

    /** The host frame number of a page; also its host virtual page number, since only the alignment of that matters. */
    public long pfn(long page) {
        return firstPfn + page;
    }

    /** The page that has a host frame number. */
    public long pageOf(long pfn) {
        return pfn - firstPfn;
    }

    /** The number of multiples of 1 GiB that the backing takes of the host frame number space. */
    static long spaceOf(long pages) {
        return ((pages - 1) >> ALIGN_SHIFT) + 1;
    }

    /** The level at which the host maps the page: 2 for a host huge page, else 1 (RC-24b). */
    public int mappingLevel(long page) {
        byte state = blocks[block(page)];
        return state == HUGE || state == HUGE_ZERO ? 2 : 1;
    }

    /** Whether the page is mapped writable now, so that it can be pinned quickly for write (RC-24b). */
    public boolean presentWritable(long page) {
        int block = block(page);
        return switch (blocks[block]) {
            case HUGE -> true;
            case SMALL -> pageState(block, page) == PRESENT;
            default -> false;
        };
    }

    /** Whether the host maps the page at all, be it to zeros. */
    public boolean mapped(long page) {
        int block = block(page);
        return switch (blocks[block]) {
            case NOTHING -> false;
            case SMALL -> pageState(block, page) != ABSENT;
            default -> true;
        };
    }

    /**
     * Faults the page in as the host kernel does (RC-24a); reports what it takes away to {@code host}.
     */
    void faultIn(long page, boolean write, HostMemory host) {
        int block = block(page);
        if (blocks[block] == HUGE) {
            return;
        }
        if (blocks[block] == NOTHING) {
            blocks[block] = write ? HUGE : HUGE_ZERO;
            contents[block] = null;
            return;
        }
        if (blocks[block] == HUGE_ZERO) {
            if (!write) {
                return;
            }
            long first = (long) block << BLOCK_SHIFT;
            host.invalidate(this, first, Math.min(BLOCK_PAGES, pages - first));
            blocks[block] = SMALL;
            fillStates(block, ZERO);
        }
        byte state = pageState(block, page);
        if (state == ABSENT) {
            setPageState(block, page, write ? PRESENT : ZERO);
        } else if (state == ZERO && write) {
            host.invalidate(this, page, 1);
            setPageState(block, page, PRESENT);
        }
    }

    /** Takes the pages away as {@code madvise(MADV_DONTNEED)} does (RC-24, steps 1 and 2). */
    void discard(long first, long count, HostMemory host) {
        host.invalidate(this, first, count);
        long end = first + count;
        for (long at = first; at < end; ) {
            int block = block(at);
            long blockFirst = (long) block << BLOCK_SHIFT;
            long blockEnd = Math.min(blockFirst + BLOCK_PAGES, pages);
            long stop = Math.min(end, blockEnd);
            discardInBlock(block, at, stop, at == blockFirst && stop == blockEnd, host);
            at = stop;
        }
    }

    private void discardInBlock(int block, long from, long to, boolean whole, HostMemory host) {
        byte state = blocks[block];
        if (state == NOTHING) {
            return;
        }
        if (state != SMALL) {
            if (whole) {
                blocks[block] = NOTHING;
                contents[block] = null;
                return;
            }
            long first = (long) block << BLOCK_SHIFT;
            host.invalidate(this, first, Math.min(BLOCK_PAGES, pages - first));
            blocks[block] = SMALL;
            fillStates(block, state == HUGE ? PRESENT : ZERO);
        }
        if (whole) {
            fillStates(block, ABSENT);
            contents[block] = null;
            return;
        }
        for (long page = from; page < to; page++) {
            setPageState(block, page, ABSENT);
            clear(page);
        }
    }

    /** Sets the contents that {@link #fill} gives to pages: 512 words, shared by all of them until one is written. */
    public void setPattern(long[] words) {
        pattern = words.clone();
    }

    /** Gives a page the contents of the pattern; zeros if none was set. */
    public void fill(long page) {
        blockContents(page)[(int) page & BLOCK_PAGES - 1] = pattern;
    }

    /**
     * Gives a page a run of words, each larger than the one before by the same step: what a table holds that maps a stretch of
     * memory. It takes no memory for its words until one is written, unless they are zeroed in ascending order.
     */
    public void fillRun(long page, long first, long step) {
        blockContents(page)[(int) page & BLOCK_PAGES - 1] = new long[] {first, step, 0};
    }

    private static boolean isRun(long[] content) {
        return content.length != WORDS;
    }

    private static long word(long[] content, int word) {
        if (!isRun(content)) {
            return content[word];
        }
        return word < content[RUN_ZEROED] ? 0 : content[RUN_FIRST] + word * content[RUN_STEP];
    }

    private static long[] wordsOf(long[] run) {
        long[] words = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = word(run, i);
        }
        return words;
    }

    /** Whether the page may hold anything but zeros. */
    public boolean hasContents(long page) {
        long[][] block = contents[block(page)];
        return block != null && block[(int) page & BLOCK_PAGES - 1] != null;
    }

    /** Reads the 8 bytes at word {@code word} of a page. */
    public long read(long page, int word) {
        long[][] block = contents[block(page)];
        if (block == null) {
            return 0;
        }
        long[] content = block[(int) page & BLOCK_PAGES - 1];
        return content == null ? 0 : word(content, word);
    }

    /** Writes the 8 bytes at word {@code word} of a page. */
    public void write(long page, int word, long value) {
        long[][] block = blockContents(page);
        int at = (int) page & BLOCK_PAGES - 1;
        long[] content = block[at];
        if (content == null) {
            if (value == 0) {
                return;
            }
            content = new long[WORDS];
            block[at] = content;
        } else if (isRun(content)) {
            if (value == 0 && word == content[RUN_ZEROED]) {
                content[RUN_ZEROED]++;
                return;
            }
            content = wordsOf(content);
            block[at] = content;
        } else if (content == pattern) {
            content = content.clone();
            block[at] = content;
        }
        content[word] = value;
    }

    /** Reads {@code size} bytes (1 to 8) at an offset; they lie in one page. */
    public long readBytes(long page, int offset, int size) {
        int word = offset >> 3;
        int inWord = Math.min(size, 8 - (offset & 7));
        long value = GuestMemory.extract(read(page, word), offset, inWord);
        return inWord == size
                ? value
                : value | GuestMemory.extract(read(page, word + 1), 0, size - inWord) << 8 * inWord;
    }

    /** Writes {@code size} bytes (1 to 8) at an offset; they lie in one page. */
    public void writeBytes(long page, int offset, long value, int size) {
        int word = offset >> 3;
        int inWord = Math.min(size, 8 - (offset & 7));
        write(page, word, GuestMemory.merge(read(page, word), offset, value, inWord));
        if (inWord < size) {
            write(page, word + 1, GuestMemory.merge(read(page, word + 1), 0, value >>> 8 * inWord, size - inWord));
        }
    }

    private long[][] blockContents(long page) {
        int block = block(page);
        long[][] found = contents[block];
        if (found == null) {
            found = new long[BLOCK_PAGES][];
            contents[block] = found;
        }
        return found;
    }

    /** Zeroes a page; it takes no memory for its contents then. */
    public void clear(long page) {
        long[][] block = contents[block(page)];
        if (block != null) {
            block[(int) page & BLOCK_PAGES - 1] = null;
        }
    }

    private byte pageState(int block, long page) {
        byte[] states = pageStates[block];
        return states == null ? PRESENT : states[(int) page & BLOCK_PAGES - 1];
    }

    private void setPageState(int block, long page, byte state) {
        byte[] states = pageStates[block];
        if (states == null || states == ALL_ZERO || states == ALL_ABSENT) {
            states = states == null ? new byte[BLOCK_PAGES] : states.clone();
            pageStates[block] = states;
        }
        states[(int) page & BLOCK_PAGES - 1] = state;
    }

    private void fillStates(int block, byte state) {
        pageStates[block] = state == PRESENT ? null : state == ZERO ? ALL_ZERO : ALL_ABSENT;
    }

    private static byte[] states(byte state) {
        byte[] states = new byte[BLOCK_PAGES];
        java.util.Arrays.fill(states, state);
        return states;
    }

    /**
     * Whether all pages of a range of whole blocks are mapped by 4 KiB pages, and faulting in one after the other leaves them
     * in one state and takes nothing away.
     */
    public boolean faultsInAlike(long first, long count, boolean write) {
        int end = block(first + count);
        boolean present = faultsInPresent(block(first), write);
        for (int block = block(first); block < end; block++) {
            if (blocks[block] != SMALL
                    || !alike(block)
                    || write && pageState(block, 0) == ZERO
                    || faultsInPresent(block, write) != present) {
                return false;
            }
        }
        return true;
    }

    private boolean faultsInPresent(int block, boolean write) {
        return write || pageState(block, 0) == PRESENT;
    }

    private boolean alike(int block) {
        byte[] states = pageStates[block];
        if (states != null && states != ALL_ZERO && states != ALL_ABSENT) {
            for (byte state : states) {
                if (state != states[0]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Faults in every page of a range for which {@link #faultsInAlike} says yes. */
    public void faultInAlike(long first, long count, boolean write) {
        int end = block(first + count);
        for (int block = block(first); block < end; block++) {
            fillStates(block, faultsInPresent(block, write) ? PRESENT : ZERO);
        }
    }

    private static int block(long page) {
        return (int) (page >> BLOCK_SHIFT);
    }
}
