package org.shadowmmu.engine.memory;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The memslots of one virtual machine in both address spaces, and their generations (MS-3). */
public final class MemslotTable {
    /** Normal memory and system management mode. */
    public static final int ADDRESS_SPACES = 2;

    private static final long GENERATION_STEP = 2;
    private static final Memslot[] NONE = new Memslot[0];

    private final Memslot[][] slots = {NONE, NONE};
    private final @Nullable Memslot[] lastFound = new Memslot[ADDRESS_SPACES];
    private final long[] generations = {0, 1};
    private long totalPages;

    /** The slot that holds the frame, also one that is being deleted; null if there is none. */
    public @Nullable Memslot find(int addressSpace, long gfn) {
        Memslot last = lastFound[addressSpace];
        if (last != null && last.contains(gfn)) {
            return last;
        }
        Memslot[] sorted = slots[addressSpace];
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            Memslot slot = sorted[middle];
            if (gfn < slot.baseGfn()) {
                high = middle - 1;
            } else if (gfn >= slot.endGfn()) {
                low = middle + 1;
            } else {
                lastFound[addressSpace] = slot;
                return slot;
            }
        }
        return null;
    }

    /** The slot that holds the frame, unless it is being deleted; null if there is none. */
    public @Nullable Memslot findUsable(int addressSpace, long gfn) {
        Memslot slot = find(addressSpace, gfn);
        return slot == null || slot.invalid() ? null : slot;
    }

    /** The slot of this number; null if there is none. */
    public @Nullable Memslot byId(int addressSpace, int id) {
        for (Memslot slot : slots[addressSpace]) {
            if (slot.id() == id) {
                return slot;
            }
        }
        return null;
    }

    /** The number of slots of an address space. */
    public int count(int addressSpace) {
        return slots[addressSpace].length;
    }

    /** A slot by its place in ascending order of address. */
    public Memslot slot(int addressSpace, int place) {
        return slots[addressSpace][place];
    }

    /** Whether a slot other than {@code except} overlaps the range. */
    public boolean overlaps(int addressSpace, long baseGfn, long pages, int except) {
        for (Memslot slot : slots[addressSpace]) {
            if (slot.id() != except && baseGfn < slot.endGfn() && slot.baseGfn() < baseGfn + pages) {
                return true;
            }
        }
        return false;
    }

    /** The pages of all slots of all address spaces (ZAP-40). */
    public long totalPages() {
        return totalPages;
    }

    /** The generation of an address space's layout; even steps from its number (MS-3). */
    public long generation(int addressSpace) {
        return generations[addressSpace];
    }

    /** Replaces a slot or, with one of them null, adds or removes one, and activates the new layout. */
    void activate(int addressSpace, @Nullable Memslot old, @Nullable Memslot replacement) {
        Memslot[] sorted = slots[addressSpace];
        if (old != null) {
            sorted = Arrays.stream(sorted).filter(slot -> slot != old).toArray(Memslot[]::new);
            totalPages -= old.pages();
        }
        if (replacement != null) {
            sorted = Arrays.copyOf(sorted, sorted.length + 1);
            sorted[sorted.length - 1] = replacement;
            Arrays.sort(sorted, Comparator.comparingLong(Memslot::baseGfn));
            totalPages += replacement.pages();
        }
        slots[addressSpace] = sorted;
        lastFound[addressSpace] = null;
        generations[addressSpace] += GENERATION_STEP;
    }

    /** Adds a slot (MS-12). */
    public Memslot create(
            int id, int addressSpace, long baseGfn, long pages, Backing backing, long backingPage, int flags) {
        Memslot slot = Memslot.create(id, addressSpace, baseGfn, pages, backing, backingPage, flags);
        activate(addressSpace, null, slot);
        return slot;
    }

    /** Marks a slot as going, and activates that (MS-10.1). */
    public void invalidate(Memslot slot) {
        slot.markInvalid();
        generations[slot.addressSpace()] += GENERATION_STEP;
    }

    /** Removes an invalid slot (MS-10.3). */
    public void delete(Memslot slot) {
        activate(slot.addressSpace(), slot, null);
    }

    /** Puts an invalid slot at another place (MS-10.3). */
    public Memslot move(Memslot slot, long baseGfn, int flags) {
        Memslot moved = slot.movedTo(baseGfn, flags);
        activate(slot.addressSpace(), slot, moved);
        return moved;
    }

    /** Gives a slot other flags (MS-13). */
    public Memslot changeFlags(Memslot slot, int flags) {
        Memslot changed = slot.withFlags(flags);
        activate(slot.addressSpace(), slot, changed);
        return changed;
    }
}
