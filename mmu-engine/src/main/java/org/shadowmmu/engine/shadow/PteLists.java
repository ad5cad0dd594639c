package org.shadowmmu.engine.shadow;

import java.util.Arrays;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;

/**
 * Lists of SPTEs: reverse maps and parent lists (RM-1 to RM-7), all of one virtual machine in one array.
 *
 * <p>An SPTE is named by {@code page id << 9 | index}. A list is its head, an int that the owner keeps: 0 is the empty
 * list, a positive head is one entry plus 1, a negative one is the complement of the first descriptor. A descriptor has
 * room for 14 entries, or fewer in older eras (RM-8).
 */
public final class PteLists {
    /** The empty list. */
    public static final int EMPTY = 0;

    private static final int WIDTH = 16;
    private static final int COUNT = 0;
    private static final int NEXT = 1;
    private static final int FIRST = 2;
    private static final int NONE = -1;

    /** Descriptors of a block; blocks never move, so that growing costs no copy of what is there. */
    private static final int BLOCK_DESCRIPTORS = 256;

    private static final int BLOCK_SHIFT = 12;
    private static final int IN_BLOCK = (1 << BLOCK_SHIFT) - 1;

    private final int slots;
    private final Work work;
    private int[][] blocks = {new int[WIDTH * BLOCK_DESCRIPTORS]};
    private int free = NONE;
    private int made;
    private int live;
    private long taken;
    private int countBeforeAdd;

    /** Makes lists whose descriptors have room for this many entries, 14 at most, and whose work nobody counts. */
    public PteLists(int slots) {
        this(slots, new Work());
    }

    /** Makes lists whose descriptors have room for this many entries, 14 at most. */
    PteLists(int slots, Work work) {
        this.slots = slots;
        this.work = work;
    }

    private int word(int at) {
        return blocks[at >>> BLOCK_SHIFT][at & IN_BLOCK];
    }

    private void put(int at, int value) {
        blocks[at >>> BLOCK_SHIFT][at & IN_BLOCK] = value;
    }

    /** Names an SPTE. */
    public static int entry(int pageId, int index) {
        return pageId << 9 | index;
    }

    /** The page of a named SPTE. */
    public static int pageId(int entry) {
        return entry >>> 9;
    }

    /** The index of a named SPTE in its page. */
    public static int index(int entry) {
        return entry & 511;
    }

    /** Adds an entry (RM-2); returns the new head. */
    public int add(int head, int entry) {
        if (head == EMPTY) {
            countBeforeAdd = 0;
            return entry + 1;
        }
        if (head > 0) {
            int descriptor = allocate();
            put(descriptor + COUNT, 2);
            put(descriptor + FIRST, head - 1);
            put(descriptor + FIRST + 1, entry);
            countBeforeAdd = 1;
            return ~descriptor;
        }
        int at = ~head;
        int walked = word(at + COUNT);
        int steps = 1;
        while (word(at + COUNT) == slots && word(at + NEXT) != NONE) {
            at = word(at + NEXT);
            steps++;
            walked += word(at + COUNT);
        }
        if (word(at + COUNT) == slots) {
            int last = allocate();
            put(at + NEXT, last);
            at = last;
        }
        put(at + FIRST + word(at + COUNT), entry);
        put(at + COUNT, word(at + COUNT) + 1);
        work.add(WorkCounter.RMAP_STEPS, steps);
        countBeforeAdd = walked;
        return head;
    }

    /** What the last {@link #add} returns to its caller in the kernel (RM-3). */
    public int countBeforeAdd() {
        return countBeforeAdd;
    }

    /**
     * Removes an entry (RM-5); returns the new head.
     *
     * @throws IllegalStateException if the entry is not in the list: the books are wrong
     */
    public int remove(int head, int entry) {
        if (head == entry + 1) {
            return EMPTY;
        }
        int before = NONE;
        for (int at = head < 0 ? ~head : NONE; at != NONE; at = word(at + NEXT)) {
            int count = word(at + COUNT);
            work.add(WorkCounter.RMAP_STEPS);
            for (int i = 0; i < count; i++) {
                if (word(at + FIRST + i) == entry) {
                    return removeAt(head, before, at, i);
                }
            }
            before = at;
        }
        throw new IllegalStateException("SPTE " + index(entry) + " of page " + pageId(entry) + " is not in its list");
    }

    private int removeAt(int head, int before, int at, int i) {
        int last = word(at + COUNT) - 1;
        put(at + COUNT, last);
        put(at + FIRST + i, word(at + FIRST + last));
        if (last > 0) {
            return head;
        }
        int next = word(at + NEXT);
        release(at);
        if (before != NONE) {
            put(before + NEXT, next);
            return head;
        }
        return next == NONE ? EMPTY : ~next;
    }

    /** The number of entries. */
    public int size(int head) {
        if (head >= 0) {
            return head == EMPTY ? 0 : 1;
        }
        int size = 0;
        for (int at = ~head; at != NONE; at = word(at + NEXT)) {
            size += word(at + COUNT);
        }
        return size;
    }

    /** The first entry of a list that is not empty (RM-4). */
    public int first(int head) {
        return head > 0 ? head - 1 : word(~head + FIRST);
    }

    /** A position for {@link #at} and {@link #next}; negative at the end. The list must not change meanwhile. */
    public long start(int head) {
        if (head == EMPTY) {
            return -1;
        }
        return head > 0 ? Integer.toUnsignedLong(head) << 4 | 15 : (long) ~head << 4;
    }

    /** The entry at a position. */
    public int at(long position) {
        int slot = (int) position & 15;
        return slot == 15 ? (int) (position >>> 4) - 1 : word((int) (position >>> 4) + FIRST + slot);
    }

    /** The position behind a position; negative at the end. */
    public long next(long position) {
        int slot = (int) position & 15;
        if (slot == 15) {
            return -1;
        }
        int descriptor = (int) (position >>> 4);
        if (slot + 1 < word(descriptor + COUNT)) {
            return position + 1;
        }
        int next = word(descriptor + NEXT);
        return next == NONE ? -1 : (long) next << 4;
    }

    /** The number of descriptors that were ever taken, whether or not they are in use (DL-20a). */
    public long descriptorsTaken() {
        return taken;
    }

    /** The number of descriptors in use. */
    public int descriptorsInUse() {
        return live;
    }

    /** Whether the last step of {@link #add} on this list would take a new descriptor (DL-20a). */
    public boolean addNeedsDescriptor(int head) {
        if (head >= 0) {
            return head != EMPTY;
        }
        for (int at = ~head; at != NONE; at = word(at + NEXT)) {
            if (word(at + COUNT) < slots) {
                return false;
            }
        }
        return true;
    }

    private int allocate() {
        int at;
        if (free != NONE) {
            at = free;
            free = word(at + NEXT);
        } else {
            at = made++ * WIDTH;
            int block = at >>> BLOCK_SHIFT;
            if (block == blocks.length) {
                blocks = Arrays.copyOf(blocks, 2 * block);
            }
            if ((at & IN_BLOCK) == 0 && at > 0) {
                blocks[block] = new int[WIDTH * BLOCK_DESCRIPTORS];
            }
        }
        put(at + COUNT, 0);
        put(at + NEXT, NONE);
        live++;
        taken++;
        return at;
    }

    private void release(int at) {
        put(at + NEXT, free);
        free = at;
        live--;
    }
}
