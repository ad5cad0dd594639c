package org.shadowmmu.lab.workload.synthetic;

import java.util.ArrayDeque;
import java.util.Deque;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.ShadowMachine;
import org.shadowmmu.lab.workload.ShadowMachine.Store;

/**
 * The kernel of a guest under shadow paging: it maps all memory at one place with 2 MiB pages, and changes page tables by
 * stores through that map, as 64-bit kernels do. Every store goes through the MMU; only its own boot tables, made before
 * paging is on, do not.
 */
final class GuestKernel {
    static final int WORDS = 512;
    /** The map of all memory begins here. */
    static final long DIRECT_MAP = 0xffff_8000_0000_0000L;

    /** The lower half of a top table is a process's. */
    private static final int KERNEL_ENTRY = WORDS / 2;

    private static final long PRESENT_WRITABLE = 3;
    private static final long HUGE = 1 << 7;
    private static final long GLOBAL = 1 << 8;
    private static final long LONG_MODE_AND_NX = 1 << 8 | 1 << 11;
    private static final long PAE_AND_GLOBAL = 1 << 5 | 1 << 7;
    private static final long PAGING_AND_WRITE_PROTECT = 1L << 31 | 1 << 16 | 1;
    private static final int PAGES_PER_GIB = 1 << 18;

    private static final long BOOT_TOP = 1;
    private static final long BOOT_TABLE = 2;
    private static final long BOOT_DIRECTORIES = 3;
    private static final long CODE = DIRECT_MAP + (512L << 12);
    /** Frames below are the kernel's own: 64 MiB. */
    private static final long FIRST_FREE = 64 << 8;

    private final ShadowMachine machine;
    private final FrameReuse reuse;
    private final Deque<Long> free = new ArrayDeque<>();
    private final long[] cr3;
    private long touches;

    /** Gives the machine its memory and boots all virtual CPUs. */
    GuestKernel(ShadowMachine machine, int vcpus, long pages, boolean huge, FrameReuse reuse) {
        this.machine = machine;
        this.reuse = reuse;
        machine.addBacking(0, pages, huge);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        buildBootTables(pages);
        cr3 = new long[vcpus];
        for (int cpu = 0; cpu < vcpus; cpu++) {
            machine.writeEfer(cpu, LONG_MODE_AND_NX);
            machine.writeCr4(cpu, PAE_AND_GLOBAL);
            machine.writeCr3(cpu, BOOT_TOP << 12);
            machine.writeCr0(cpu, PAGING_AND_WRITE_PROTECT);
            cr3[cpu] = BOOT_TOP;
            machine.instructionAt(cpu, CODE);
        }
        for (long gfn = FIRST_FREE; gfn < pages; gfn++) {
            free.add(gfn);
        }
    }

    private void buildBootTables(long pages) {
        machine.poke(entry(BOOT_TOP, KERNEL_ENTRY), BOOT_TABLE << 12 | PRESENT_WRITABLE);
        long gibs = (pages + PAGES_PER_GIB - 1) / PAGES_PER_GIB;
        for (int gib = 0; gib < gibs; gib++) {
            long directory = BOOT_DIRECTORIES + gib;
            machine.poke(entry(BOOT_TABLE, gib), directory << 12 | PRESENT_WRITABLE);
            for (int block = 0; block < WORDS; block++) {
                long address = (long) gib << 30 | (long) block << 21;
                if (address >>> 12 < pages) {
                    machine.poke(entry(directory, block), address | PRESENT_WRITABLE | HUGE | GLOBAL);
                }
            }
        }
        // Before paging is on, the first instruction is fetched from where it lies in memory.
        machine.poke(entry(BOOT_TOP, 0), BOOT_TABLE << 12 | PRESENT_WRITABLE);
    }

    private static long entry(long table, int index) {
        return (table << 12) + 8L * index;
    }

    private long takeFrame() {
        if (free.isEmpty()) {
            throw new IllegalStateException("the guest has no memory left");
        }
        return free.removeFirst();
    }

    /** Gives a frame back. */
    void freeFrame(long gfn) {
        switch (reuse) {
            case OLDEST -> free.addLast(gfn);
            case NEWEST -> free.addFirst(gfn);
        }
    }

    /** A free frame, overwritten as a whole: cleared, or with the copy of another. */
    long newFrame(int cpu) {
        long gfn = takeFrame();
        clear(cpu, gfn);
        return gfn;
    }

    /** A top table: empty below, the kernel's map above. */
    long newTopTable(int cpu) {
        long gfn = newFrame(cpu);
        store(cpu, gfn, KERNEL_ENTRY, BOOT_TABLE << 12 | PRESENT_WRITABLE);
        return gfn;
    }

    /** Clears a page with a string instruction. Once a word went in without a fault, the rest does. */
    private void clear(int cpu, long gfn) {
        int word = 0;
        while (word < WORDS && storeOnce(cpu, entry(gfn, word), 0, Store.STRING) != ShadowMachine.HIT) {
            word++;
        }
        machine.clear(gfn);
    }

    /** Stores an entry of a table. */
    void store(int cpu, long table, int index, long value) {
        storeOnce(cpu, entry(table, index), value, Store.MOVE);
    }

    private int storeOnce(int cpu, long gpa, long value, Store how) {
        machine.instructionAt(cpu, CODE);
        int outcome = machine.storeVirtual(cpu, DIRECT_MAP + gpa, value, how);
        touches++;
        if (outcome >= ShadowMachine.GUEST_FAULT) {
            throw new IllegalStateException("the kernel's map of memory failed at " + Long.toHexString(gpa));
        }
        return outcome;
    }

    /** An entry of a table; the kernel knows what it wrote. */
    long load(long table, int index) {
        return machine.peek(entry(table, index));
    }

    /** The kernel uses a page of its own memory. */
    void use(int cpu, long gfn, EntryKind kind) {
        machine.instructionAt(cpu, CODE);
        machine.accessVirtual(cpu, DIRECT_MAP + (gfn << 12), kind, false);
        touches++;
    }

    /** The kernel's own frames, from 2 MiB on; {@link #use} may name them. */
    static long firstOwnFrame() {
        return WORDS;
    }

    /** One past the kernel's own frames. */
    static long lastOwnFrame() {
        return FIRST_FREE;
    }

    /** Makes a virtual CPU use a top table; without effect if it does already. */
    void switchTo(int cpu, long topTable) {
        if (cr3[cpu] != topTable) {
            reload(cpu, topTable);
        }
    }

    /** Loads CR3, which flushes what the processor cached. */
    void reload(int cpu, long topTable) {
        machine.writeCr3(cpu, topTable << 12);
        cr3[cpu] = topTable;
    }

    /** Leaves the tables of a process that is about to be taken apart. */
    void leave(int cpu) {
        switchTo(cpu, BOOT_TOP);
    }

    /** A process uses an address at CPL 3; returns an outcome of {@link ShadowMachine}. */
    int useAsUser(int cpu, long address, EntryKind kind) {
        touches++;
        return machine.accessVirtual(cpu, address, kind, true);
    }

    /** Flushes one address from the processor's cache. */
    void invalidate(int cpu, long address) {
        machine.invalidate(cpu, address);
    }

    /** The accesses so far. */
    long touches() {
        return touches;
    }
}
