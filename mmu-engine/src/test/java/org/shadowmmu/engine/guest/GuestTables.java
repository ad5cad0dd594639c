package org.shadowmmu.engine.guest;

import org.shadowmmu.engine.event.EventStream;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.HostMemory;
import org.shadowmmu.engine.memory.MemslotTable;

/** Guest memory with one page table per level, and a walker over it. The table of level L lies in frame 0x100 + L. */
final class GuestTables {
    static final long P = 1;
    static final long W = 1 << 1;
    static final long U = 1 << 2;
    static final long A = 1 << 5;
    static final long D = 1 << 6;
    static final long PS = 1 << 7;
    static final long NX = 1L << 63;
    static final long ALL = P | W | U | A | D;

    private static final long PAGES = 0x200;

    final MemslotTable slots = new MemslotTable();
    final long[] pdptes = new long[4];
    final GuestWalker walker;
    final PagingMode mode;

    private final HostMemory host = new HostMemory();
    private final Backing backing = host.addBacking(0, PAGES, false);

    GuestTables(PagingMode mode, MmuEvents listener) {
        this(mode, listener, 0);
    }

    /** With memory in a slot of the given flags. */
    GuestTables(PagingMode mode, MmuEvents listener, int flags) {
        this.mode = mode;
        slots.create(0, 0, 0, PAGES, backing, 0, flags);
        walker = new GuestWalker(new GuestMemory(slots, host), new EventStream(listener));
    }

    /** A guest with CR0.WP and EFER.NX, without SMEP and SMAP; 40 physical bits. */
    static PagingMode mode(int levels) {
        return mode(levels, true, true, false, false);
    }

    static PagingMode mode(int levels, boolean wp, boolean nx, boolean smep, boolean smap) {
        return new PagingMode(levels, levels == 2, wp, nx, smep, smap, true, true, true, 40);
    }

    static long table(int level) {
        return 0x100 + level;
    }

    /** Where the entry for an address lies. */
    long entryGpa(long address, int level) {
        return (table(level) << 12) + (long) index(address, level) * size();
    }

    int size() {
        return mode.levels() == 2 ? 4 : 8;
    }

    static int index(long address, int level, int levels) {
        return levels == 2
                ? (int) (address >>> 12 + 10 * (level - 1)) & 1023
                : (int) (address >>> 12 + 9 * (level - 1)) & 511;
    }

    private int index(long address, int level) {
        return index(address, level, mode.levels());
    }

    long get(long gpa) {
        return GuestMemory.extract(backing.read(gpa >>> 12, (int) (gpa >>> 3) & 511), gpa, size());
    }

    void set(long gpa, long entry) {
        int word = (int) (gpa >>> 3) & 511;
        backing.write(gpa >>> 12, word, GuestMemory.merge(backing.read(gpa >>> 12, word), gpa, entry, size()));
    }

    /** Sets the entries on the way to an address, top level first: each leads to the table of the next level. */
    void map(long address, long... entries) {
        int level = mode.levels();
        for (long entry : entries) {
            if (level == 3 && mode.levels() == 3) {
                pdptes[(int) (address >>> 30) & 3] = entry;
            } else {
                set(entryGpa(address, level), entry);
            }
            level--;
        }
    }

    boolean walk(long address, int access) {
        return walker.walk(mode, 0, table(mode.levels()) << 12, pdptes, address, access);
    }
}
