package org.shadowmmu.engine.shadow;

import java.util.Arrays;

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

    private final int slots;
    private int[] descriptors = new int[WIDTH * 64];
    private int free = NONE;
    private int made;
    private int live;
    private int countBeforeAdd;

    /** Makes lists whose descriptors have room for this many entries, 14 at most. */
    public PteLists(int slots) {
        this.slots = slots;
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
            descriptors[descriptor + COUNT] = 2;
            descriptors[descriptor + FIRST] = head - 1;
            descriptors[descriptor + FIRST + 1] = entry;
            countBeforeAdd = 1;
            return ~descriptor;
        }
        int at = ~head;
        int walked = descriptors[at + COUNT];
        while (descriptors[at + COUNT] == slots && descriptors[at + NEXT] != NONE) {
            at = descriptors[at + NEXT];
            walked += descriptors[at + COUNT];
        }
        if (descriptors[at + COUNT] == slots) {
            int last = allocate();
            descriptors[at + NEXT] = last;
            at = last;
        }
        descriptors[at + FIRST + descriptors[at + COUNT]++] = entry;
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
        for (int at = head < 0 ? ~head : NONE; at != NONE; at = descriptors[at + NEXT]) {
            int count = descriptors[at + COUNT];
            for (int i = 0; i < count; i++) {
                if (descriptors[at + FIRST + i] == entry) {
                    return removeAt(head, before, at, i);
                }
            }
            before = at;
        }
        throw new IllegalStateException("SPTE " + index(entry) + " of page " + pageId(entry) + " is not in its list");
    }

    private int removeAt(int head, int before, int at, int i) {
        int last = --descriptors[at + COUNT];
        descriptors[at + FIRST + i] = descriptors[at + FIRST + last];
        if (last > 0) {
            return head;
        }
        int next = descriptors[at + NEXT];
        release(at);
        if (before != NONE) {
            descriptors[before + NEXT] = next;
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
        for (int at = ~head; at != NONE; at = descriptors[at + NEXT]) {
            size += descriptors[at + COUNT];
        }
        return size;
    }

    /** The first entry of a list that is not empty (RM-4). */
    public int first(int head) {
        return head > 0 ? head - 1 : descriptors[~head + FIRST];
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
        return slot == 15 ? (int) (position >>> 4) - 1 : descriptors[(int) (position >>> 4) + FIRST + slot];
    }

    /** The position behind a position; negative at the end. */
    public long next(long position) {
        int slot = (int) position & 15;
        if (slot == 15) {
            return -1;
        }
        int descriptor = (int) (position >>> 4);
        if (slot + 1 < descriptors[descriptor + COUNT]) {
            return position + 1;
        }
        int next = descriptors[descriptor + NEXT];
        return next == NONE ? -1 : (long) next << 4;
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
        for (int at = ~head; at != NONE; at = descriptors[at + NEXT]) {
            if (descriptors[at + COUNT] < slots) {
                return false;
            }
        }
        return true;
    }

    private int allocate() {
        int at;
        if (free != NONE) {
            at = free;
            free = descriptors[at + NEXT];
        } else {
            at = made++ * WIDTH;
            if (at == descriptors.length) {
                descriptors = Arrays.copyOf(descriptors, 2 * at);
            }
        }
        descriptors[at + COUNT] = 0;
        descriptors[at + NEXT] = NONE;
        live++;
        return at;
    }

    private void release(int at) {
        descriptors[at + NEXT] = free;
        free = at;
        live--;
    }
}
