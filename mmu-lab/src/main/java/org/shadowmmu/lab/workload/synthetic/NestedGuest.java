package org.shadowmmu.lab.workload.synthetic;

import java.util.function.LongSupplier;
import org.shadowmmu.engine.vm.AccessKind;

/**
 * A nested guest (L2): its memory is one run of L1's memory, mapped by 4-level tables of 4 KiB leaves that L1 keeps and
 * fills as L2 faults. Tables come from a supplier of free frames; they are written through the MMU.
 */
public final class NestedGuest {
    private static final int WORDS = 512;
    private static final long ENTRY = 0x67;
    private static final long FRAME = 0x000ffffffffff000L;
    private static final int PAGES_PER_GIB = WORDS * WORDS;

    private final GuestHypervisor host;
    private final int cpu;
    private final long firstGfn;
    private final int pages;
    private final LongSupplier frames;
    private final int entriesPerExit;
    private final long top;
    private final long directories;
    private final long[] middle;
    private final long[] leaves;
    private int tables;

    /**
     * Makes a guest that is not running.
     *
     * @param cpu the virtual CPU of L1 that runs it
     * @param firstGfn the first frame of L1's memory that is the guest's
     * @param pages the guest's memory in pages, up to 512 GiB
     * @param frames where L1 takes frames for tables from
     * @param entriesPerExit leaf entries that L1 maps when L2 misses one, a power of two from 1 to 512; with 512, L1 fills a
     *     table before it links it, so that L0 never sees it change
     */
    public NestedGuest(
            GuestHypervisor host, int cpu, long firstGfn, int pages, LongSupplier frames, int entriesPerExit) {
        this.host = host;
        this.cpu = cpu;
        this.firstGfn = firstGfn;
        this.pages = pages;
        this.frames = frames;
        this.entriesPerExit = entriesPerExit;
        leaves = new long[(pages + WORDS - 1) / WORDS];
        middle = new long[(pages + PAGES_PER_GIB - 1) / PAGES_PER_GIB];
        top = newTable();
        directories = newTable();
        host.store(cpu, top << 12, directories << 12 | ENTRY);
    }

    private long newTable() {
        tables++;
        return frames.getAsLong();
    }

    /** The first frame of L1's memory that is its own. */
    public long firstGfn() {
        return firstGfn;
    }

    /** The number of its pages. */
    public int pages() {
        return pages;
    }

    /** The nested tables that L1 keeps for it now. */
    public int tables() {
        return tables;
    }

    /** L2 touches one of its pages; what L1 has not mapped yet, L1 maps. */
    public void touch(int page, AccessKind kind) {
        if (!mapped(page)) {
            host.leave(cpu);
            map(page);
        }
        if (!host.nested(cpu)) {
            host.enterNested(cpu, top);
        }
        host.machine().vcpu(cpu).accessGpa((long) page << 12, kind);
    }

    private boolean mapped(int page) {
        long table = leaves[page / WORDS];
        return table != 0 && (entriesPerExit == WORDS || host.read(table, page % WORDS) != 0);
    }

    private void map(int page) {
        int block = page / WORDS;
        boolean fresh = leaves[block] == 0;
        if (fresh) {
            leaves[block] = newTable();
        }
        long table = leaves[block];
        int first = page % WORDS & -entriesPerExit;
        int count = Math.min(entriesPerExit, pages - (block * WORDS + first));
        long value = firstGfn + (long) block * WORDS + first << 12 | ENTRY;
        for (int i = 0; i < count; i++) {
            host.store(cpu, (table << 12) + 8L * (first + i), value + ((long) i << 12));
            if (host.plainStore()) {
                // The page is writable now, so the rest of the run meets no exit.
                host.fillPlainly(table, first + i + 1, count - i - 1, value + (i + 1L << 12), 1 << 12);
                break;
            }
        }
        if (fresh) {
            link(block, table);
        }
    }

    private void link(int block, long table) {
        int gib = block / WORDS;
        boolean fresh = middle[gib] == 0;
        if (fresh) {
            middle[gib] = newTable();
        }
        host.store(cpu, (middle[gib] << 12) + 8L * (block % WORDS), table << 12 | ENTRY);
        if (fresh) {
            host.store(cpu, (directories << 12) + 8L * gib, middle[gib] << 12 | ENTRY);
        }
    }

    /** The guest ends: it leaves the virtual CPU, and L1 takes its tables down. */
    public void end(TableTearDown how) {
        host.leave(cpu);
        switch (how) {
            case LAZY -> {}
            case ZEROING -> zero();
            case BOTTOM_UP -> clearUpwards();
        }
    }

    private void zero() {
        host.zero(cpu, top);
        host.zero(cpu, directories);
        zeroAll(middle);
        zeroAll(leaves);
    }

    private void zeroAll(long[] gfns) {
        for (long gfn : gfns) {
            if (gfn != 0) {
                host.zero(cpu, gfn);
            }
        }
    }

    private void clearUpwards() {
        for (long gfn : leaves) {
            clear(gfn);
        }
        for (long gfn : middle) {
            clear(gfn);
        }
        clear(directories);
        clear(top);
    }

    /** Clears the present entries of a table one by one; once a store needs no exit the others need none either. */
    private void clear(long gfn) {
        if (gfn == 0) {
            return;
        }
        for (int word = 0; word < WORDS; word++) {
            if ((host.read(gfn, word) & FRAME) != 0) {
                host.store(cpu, (gfn << 12) + 8L * word, 0);
                if (host.plainStore()) {
                    break;
                }
            }
        }
        host.keepZeros(gfn);
    }
}
