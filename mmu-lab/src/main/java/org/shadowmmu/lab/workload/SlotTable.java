package org.shadowmmu.lab.workload;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The memslots of one address space by number: a new slot gets the lowest free number, as QEMU does it. */
final class SlotTable {
    /** A memslot; {@code flags} as in {@link SlotChange}. */
    record Slot(int id, long gfn, long pages, int flags, int backing, long backingPage) {}

    private final List<@Nullable Slot> slots = new ArrayList<>();

    /** The lowest number that no slot has. */
    int lowestFree() {
        int free = slots.indexOf(null);
        return free < 0 ? slots.size() : free;
    }

    /** Puts a slot at its number. */
    void put(Slot slot) {
        if (slot.id() == slots.size()) {
            slots.add(slot);
        } else {
            slots.set(slot.id(), slot);
        }
    }

    /** The slot that covers exactly these pages; null if there is none. */
    @Nullable Slot find(long gfn, long pages) {
        for (Slot slot : slots) {
            if (slot != null && slot.gfn() == gfn && slot.pages() == pages) {
                return slot;
            }
        }
        return null;
    }

    /** Frees the number of a slot. */
    void remove(Slot slot) {
        slots.set(slot.id(), null);
    }
}
