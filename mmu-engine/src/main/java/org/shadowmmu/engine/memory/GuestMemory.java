package org.shadowmmu.engine.memory;

import org.jspecify.annotations.Nullable;

/** Guest physical memory as the hypervisor reads and writes it: through memslots, into host memory. */
public final class GuestMemory {
    private static final int PAGE_SHIFT = 12;
    private static final int PAGE_OFFSET = 4095;

    private final MemslotTable memslots;
    private final HostMemory host;

    /** Looks at memory through the given slots. */
    public GuestMemory(MemslotTable memslots, HostMemory host) {
        this.memslots = memslots;
        this.host = host;
    }

    /** The slot through which a guest physical address can be read; null if there is none (GP-6). */
    public @Nullable Memslot slotOf(int addressSpace, long gpa) {
        return memslots.findUsable(addressSpace, gpa >>> PAGE_SHIFT);
    }

    /** The slot through which an address can be read under the MMU lock, where the host page is not faulted in; null if none. */
    public @Nullable Memslot slotOfMapped(int addressSpace, long gpa) {
        Memslot slot = slotOf(addressSpace, gpa);
        return slot == null || !slot.backing().mapped(slot.hostPage(gpa >>> PAGE_SHIFT)) ? null : slot;
    }

    /** Reads the aligned 8 bytes that hold the address, faulting the host page in. */
    public long read(Memslot slot, long gpa) {
        long page = slot.hostPage(gpa >>> PAGE_SHIFT);
        host.faultIn(slot.backing(), page, false);
        return slot.backing().read(page, word(gpa));
    }

    /** Writes the aligned 8 bytes that hold the address, faulting the host page in; marks the page dirty. */
    public void write(Memslot slot, long gpa, long value) {
        long page = slot.hostPage(gpa >>> PAGE_SHIFT);
        host.faultIn(slot.backing(), page, true);
        slot.backing().write(page, word(gpa), value);
        slot.markDirty(gpa >>> PAGE_SHIFT);
    }

    /** Reads {@code size} bytes (1 to 8) that lie in one page, faulting the host page in. */
    public long read(Memslot slot, long gpa, int size) {
        long page = slot.hostPage(gpa >>> PAGE_SHIFT);
        host.faultIn(slot.backing(), page, false);
        return slot.backing().readBytes(page, (int) gpa & PAGE_OFFSET, size);
    }

    /** Writes {@code size} bytes (1 to 8) that lie in one page, faulting the host page in; marks the page dirty. */
    public void write(Memslot slot, long gpa, long value, int size) {
        long page = slot.hostPage(gpa >>> PAGE_SHIFT);
        host.faultIn(slot.backing(), page, true);
        slot.backing().writeBytes(page, (int) gpa & PAGE_OFFSET, value, size);
        slot.markDirty(gpa >>> PAGE_SHIFT);
    }

    /** Replaces {@code size} bytes (1 to 8, not crossing 8 aligned ones) inside an 8-byte word. */
    public static long merge(long word, long gpa, long value, int size) {
        if (size == 8) {
            return value;
        }
        int shift = (int) (gpa & 7) * 8;
        long mask = (1L << size * 8) - 1 << shift;
        return word & ~mask | value << shift & mask;
    }

    /** Takes {@code size} bytes (1 to 8, not crossing 8 aligned ones) out of an 8-byte word. */
    public static long extract(long word, long gpa, int size) {
        long shifted = word >>> (gpa & 7) * 8;
        return size == 8 ? shifted : shifted & (1L << size * 8) - 1;
    }

    private static int word(long gpa) {
        return (int) (gpa >>> 3) & 511;
    }
}
