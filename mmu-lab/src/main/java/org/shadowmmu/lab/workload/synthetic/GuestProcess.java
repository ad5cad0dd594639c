package org.shadowmmu.lab.workload.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.ShadowMachine;

/**
 * A process with 4-level tables of its own. Memory is mapped when it is touched: the access ends in a guest page fault, the
 * kernel takes a frame, makes the tables that are missing, and the process tries again.
 */
final class GuestProcess {
    private static final int WORDS = GuestKernel.WORDS;
    private static final long TABLE = 7;
    private static final long PRESENT = 1;
    private static final long WRITABLE = 2;
    private static final long LEAF = 7;
    private static final long FRAME = 0x000f_ffff_ffff_f000L;
    private static final int LEVELS = 4;

    private final GuestKernel kernel;
    private final long top;
    /** The tables below the top one by the address they begin at, for each level from 1 to 3. */
    private final List<Map<Long, Long>> tables = new ArrayList<>();

    /** Whether it only has what its parent has, so that a page that it writes is copied. */
    private final boolean forked;

    /** Makes an empty process, as after exec. */
    GuestProcess(GuestKernel kernel, int cpu) {
        this(kernel, cpu, false);
    }

    private GuestProcess(GuestKernel kernel, int cpu, boolean forked) {
        this.kernel = kernel;
        this.forked = forked;
        for (int level = 0; level < LEVELS; level++) {
            tables.add(new TreeMap<>());
        }
        top = kernel.newTopTable(cpu);
    }

    /** The frame of its top table. */
    long top() {
        return top;
    }

    private static long span(int level) {
        return 1L << 12 + 9 * level;
    }

    private static int index(long address, int level) {
        return (int) (address >>> 12 + 9 * (level - 1)) & WORDS - 1;
    }

    /** The process uses an address below 2^47; the kernel maps it if need be. */
    void use(int cpu, long address, EntryKind kind) {
        kernel.switchTo(cpu, top);
        int outcome = kernel.useAsUser(cpu, address, kind);
        if (outcome == ShadowMachine.GUEST_FAULT) {
            pageFault(cpu, address);
            outcome = kernel.useAsUser(cpu, address, kind);
        }
        if (outcome > ShadowMachine.FAULT) {
            throw new IllegalStateException("the guest's process failed at " + Long.toHexString(address));
        }
    }

    private void pageFault(int cpu, long address) {
        long table = table(cpu, address, 1);
        int at = index(address, 1);
        long old = kernel.load(table, at);
        boolean present = (old & PRESENT) != 0;
        // A child copies what it shares; its parent is alone with the page again once the child has gone.
        kernel.store(cpu, table, at, present && !forked ? old | WRITABLE : kernel.newFrame(cpu) << 12 | LEAF);
        if (present) {
            kernel.invalidate(cpu, address);
        }
    }

    /** The table of a level that covers an address; made, cleared and linked if it does not exist. */
    private long table(int cpu, long address, int level) {
        if (level == LEVELS) {
            return top;
        }
        long base = address & -span(level);
        Long known = tables.get(level).get(base);
        if (known != null) {
            return known;
        }
        long made = kernel.newFrame(cpu);
        kernel.store(cpu, table(cpu, address, level + 1), index(address, level + 1), made << 12 | TABLE);
        tables.get(level).put(base, made);
        return made;
    }

    /** Maps what this process maps into a child; both lose the right to write. The child must end before this process does. */
    GuestProcess fork(int cpu) {
        GuestProcess child = new GuestProcess(kernel, cpu, true);
        for (Map.Entry<Long, Long> table : tables.get(1).entrySet()) {
            for (int i = 0; i < WORDS; i++) {
                long entry = kernel.load(table.getValue(), i);
                if ((entry & PRESENT) != 0) {
                    long address = table.getKey() + ((long) i << 12);
                    if ((entry & WRITABLE) != 0) {
                        kernel.store(cpu, table.getValue(), i, entry & ~WRITABLE);
                    }
                    kernel.store(cpu, child.table(cpu, address, 1), index(address, 1), entry & ~WRITABLE);
                }
            }
        }
        kernel.reload(cpu, top);
        return child;
    }

    /**
     * The process ends, or another program takes its place: leaves are cleared one by one in ascending order, a table is
     * unlinked when it is empty, and frames are freed, the parent's excepted.
     */
    void end(int cpu) {
        kernel.leave(cpu);
        for (int level = 1; level < LEVELS; level++) {
            for (Map.Entry<Long, Long> table : tables.get(level).entrySet()) {
                if (level == 1) {
                    clearLeaves(cpu, table.getValue());
                }
                unlink(cpu, table.getKey(), level);
                kernel.freeFrame(table.getValue());
            }
        }
        kernel.freeFrame(top);
    }

    private void clearLeaves(int cpu, long table) {
        for (int i = 0; i < WORDS; i++) {
            long entry = kernel.load(table, i);
            if ((entry & PRESENT) != 0) {
                kernel.store(cpu, table, i, 0);
                if (!forked || (entry & WRITABLE) != 0) {
                    kernel.freeFrame((entry & FRAME) >>> 12);
                }
            }
        }
    }

    private void unlink(int cpu, long address, int level) {
        Long parent =
                level + 1 == LEVELS ? Long.valueOf(top) : tables.get(level + 1).get(address & -span(level + 1));
        if (parent != null) {
            kernel.store(cpu, parent, index(address, level + 1), 0);
        }
    }

    /** The tables it has now, the top one included. */
    int tableCount() {
        return 1 + tables.stream().mapToInt(Map::size).sum();
    }
}
