package org.shadowmmu.engine.guest;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.EventStream;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.Memslot;

/**
 * The hypervisor's walk of guest page tables (GP-1 to GP-30). The result lies in the walker until the next walk: no walk
 * allocates.
 */
public final class GuestWalker {
    private static final int MAX_LEVEL = 5;

    private final GuestMemory memory;
    private final EventStream events;

    private final long[] entries = new long[MAX_LEVEL + 1];
    private final long[] tableGfns = new long[MAX_LEVEL + 1];
    private final long[] entryGpas = new long[MAX_LEVEL + 1];
    private final int[] tableAccess = new int[MAX_LEVEL + 1];
    private final @Nullable Memslot[] tableSlots = new Memslot[MAX_LEVEL + 1];
    private int entrySize;
    private int topLevel;
    private int leafLevel;
    private int leafAccess;
    private long gfn;
    private int error;
    private boolean nestedFailure;

    /** Makes a walker of guest memory. */
    public GuestWalker(GuestMemory memory, EventStream events) {
        this.memory = memory;
        this.events = events;
    }

    /**
     * Walks for an access.
     *
     * @param mode how to read the tables; paging is on
     * @param addressSpace the address space of the tables
     * @param root CR3
     * @param pdptes the four PDPTE registers; used with 3 levels only (GP-4)
     * @param address what to translate
     * @param access bits of {@link Access}
     * @return whether the access is allowed; otherwise {@link #error()} says why not
     */
    public boolean walk(PagingMode mode, int addressSpace, long root, long[] pdptes, long address, int access) {
        return walk(mode, addressSpace, root, pdptes, address, access, null);
    }

    /**
     * As the other walk; each table and the result are translated once more. If such a translation fails, {@link
     * #nestedFailure()} says so.
     */
    public boolean walk(
            PagingMode mode,
            int addressSpace,
            long root,
            long[] pdptes,
            long address,
            int access,
            @Nullable TableTranslation nested) {
        nestedFailure = false;
        events.pagetableWalk(address, access);
        entrySize = mode.entrySize();
        boolean write = (access & Access.WRITE) != 0;
        do {
            if (!read(mode, addressSpace, root, pdptes, address, access, nested)) {
                return false;
            }
        } while (!updateAccessedDirty(leafLevel, write));
        if (!write && (entries[leafLevel] & PagingMode.DIRTY) == 0) {
            leafAccess &= ~2;
        }
        return true;
    }

    /** Reads entries from the top to the leaf and checks permissions. */
    private boolean read(
            PagingMode mode,
            int addressSpace,
            long root,
            long[] pdptes,
            long address,
            int access,
            @Nullable TableTranslation nested) {
        int level = mode.levels();
        long accumulated = -1L;
        long tableGfn = mode.gfn(root);
        if (level == 3) {
            long pdpte = pdptes[(int) (address >>> 30) & 3];
            events.pagingElement(pdpte, 3);
            if ((pdpte & PagingMode.PRESENT) == 0) {
                return fail(mode, 0, access);
            }
            tableGfn = mode.gfn(pdpte);
            level = 2;
        }
        topLevel = level;
        while (true) {
            if (nested != null) {
                tableGfn = nested.frame(tableGfn, Access.USER | Access.WRITE);
                if (tableGfn == TableTranslation.NONE) {
                    nestedFailure = true;
                    return false;
                }
            }
            Memslot slot = memory.slotOf(addressSpace, tableGfn << 12);
            if (slot == null) {
                return fail(mode, 0, access);
            }
            long gpa = (tableGfn << 12) + (long) mode.index(address, level) * entrySize;
            long entry = GuestMemory.extract(memory.read(slot, gpa), gpa, entrySize);
            tableGfns[level] = tableGfn;
            entryGpas[level] = gpa;
            tableSlots[level] = slot;
            entries[level] = entry;
            tableAccess[level] = mode.access(accumulated);
            events.pagingElement(entry, level);
            if ((entry & PagingMode.PRESENT) == 0) {
                return fail(mode, 0, access);
            }
            if (mode.reserved(entry, level)) {
                return fail(mode, Access.RESERVED | Access.PRESENT, access);
            }
            accumulated &= entry ^ PagingMode.NX;
            if (mode.leaf(entry, level)) {
                break;
            }
            tableGfn = mode.gfn(entry);
            level--;
        }
        return finish(mode, level, accumulated, address, access, nested);
    }

    private boolean finish(
            PagingMode mode, int level, long accumulated, long address, int access, @Nullable TableTranslation nested) {
        leafLevel = level;
        leafAccess = mode.access(accumulated);
        if (mode.refuses(leafAccess, access)) {
            return fail(mode, Access.PRESENT, access);
        }
        long offsetPages = address >>> 12 & mode.leafPages(level) - 1;
        long base = mode.gfn(entries[level]);
        if (mode.fourByte() && level == 2) {
            // The low bits of a 4 MiB entry's address field are bits 35:32 of the address (PSE-36, GP-21a).
            base = base & ~1023L | (entries[level] >>> 13 & 15) << 20;
        } else {
            base &= -mode.leafPages(level);
        }
        gfn = base + offsetPages;
        if (nested != null) {
            gfn = nested.frame(gfn, access | Access.USER);
            if (gfn == TableTranslation.NONE) {
                nestedFailure = true;
                return false;
            }
        }
        return true;
    }

    /**
     * Sets accessed and dirty bits in memory, top level first (GP-22); returns false if an entry is not what was read any
     * more, as with a table that is on the way twice.
     */
    private boolean updateAccessedDirty(int leaf, boolean write) {
        for (int level = topLevel; level >= leaf; level--) {
            long entry = entries[level];
            long wanted = entry | PagingMode.ACCESSED;
            if ((entry & PagingMode.ACCESSED) == 0) {
                events.setAccessedBit(entryGpas[level]);
            }
            if (level == leaf && write && (entry & PagingMode.DIRTY) == 0) {
                events.setDirtyBit(entryGpas[level]);
                wanted |= PagingMode.DIRTY;
            }
            if (wanted != entry && !exchange(level, wanted)) {
                return false;
            }
        }
        return true;
    }

    /** Replaces the entry of a level unless it changed; an entry in read-only memory stays as it is. */
    private boolean exchange(int level, long replacement) {
        Memslot slot = tableSlots[level];
        if (slot == null || slot.readOnly()) {
            return true;
        }
        long gpa = entryGpas[level];
        long word = memory.read(slot, gpa);
        if (GuestMemory.extract(word, gpa, entrySize) != entries[level]) {
            return false;
        }
        memory.write(slot, gpa, GuestMemory.merge(word, gpa, replacement, entrySize));
        entries[level] = replacement;
        return true;
    }

    private boolean fail(PagingMode mode, int cause, int access) {
        error = mode.error(cause, access);
        events.walkerError(error);
        return false;
    }

    /** The frame that the address translates to. */
    public long gfn() {
        return gfn;
    }

    /** The level of the leaf entry. */
    public int leafLevel() {
        return leafLevel;
    }

    /** The top level that was read from memory. */
    public int topLevel() {
        return topLevel;
    }

    /** The access that the whole walk allows (1 execute, 2 write, 4 user), without write if the leaf is clean (GP-14). */
    public int leafAccess() {
        return leafAccess;
    }

    /** The entry read at a level, with the bits that the walk set. */
    public long entry(int level) {
        return entries[level];
    }

    /** The frame of the table read at a level. */
    public long tableGfn(int level) {
        return tableGfns[level];
    }

    /** The address of the entry read at a level. */
    public long entryGpa(int level) {
        return entryGpas[level];
    }

    /** What the levels above a table allow (GP-11). */
    public int tableAccess(int level) {
        return tableAccess[level];
    }

    /** Whether the last walk failed because a table or the result has no nested translation. */
    public boolean nestedFailure() {
        return nestedFailure;
    }

    /** The error code of a failed walk. */
    public int error() {
        return error;
    }
}
