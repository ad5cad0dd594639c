package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.Registers;

/**
 * A guest under shadow paging that does random things to its page tables, and what surrounds it does random things, too.
 * Its tables share few frames, so that one frame is a table of several levels, a table and a mapped page, and mapped by
 * itself.
 *
 * <p>Beside it runs a model that knows what a guest may rely on: once it flushed an address, or never changed a table on
 * the way to it, an access does what the tables in memory say. It reaches that frame, faults, or leaves the machine; and
 * the accessed and dirty bits are set. And every store is in memory, and in the dirty log.
 */
final class RandomShadowGuest {
    /** How the guest pages. */
    enum Paging {
        LEGACY_32(2, 0xc000_0000L, Registers.CR4_PSE, 0),
        PAE(3, 0xc000_0000L, Registers.CR4_PAE, 0),
        LONG_4(4, 0xffff_8000_0000_0000L, Registers.CR4_PAE, Registers.EFER_LME | Registers.EFER_LMA),
        LONG_5(
                5,
                0xff00_0000_0000_0000L,
                Registers.CR4_PAE | Registers.CR4_LA57,
                Registers.EFER_LME | Registers.EFER_LMA);

        final int levels;
        final long kernel;
        final long cr4;
        final long efer;

        Paging(int levels, long kernel, long cr4, long efer) {
            this.levels = levels;
            this.kernel = kernel;
            this.cr4 = cr4;
            this.efer = efer;
        }
    }

    private static final long P = 1;
    private static final long W = 1 << 1;
    private static final long U = 1 << 2;
    private static final long A = 1 << 5;
    private static final long D = 1 << 6;
    private static final long PS = 1 << 7;
    private static final long NX = 1L << 63;

    /** Frames 0 to 3ff are memory; the kernel sees all of them at its base. */
    private static final int MEMORY = 0x400;

    private static final long USER_CODE = 0x3f0;
    private static final long KERNEL_CODE = 0x3f1;
    private static final long KERNEL_TABLES = 0x20;
    private static final long ROOTS = 0x30;
    private static final long TABLES = 0x40;
    private static final long DATA = 0x100;
    private static final long READ_ONLY = 0x400;
    private static final long COMES_AND_GOES = 0x500;
    private static final long HOLE = 0x700;
    private static final long HUGE = 0x800;

    private final SplittableRandom random;
    private final Paging paging;
    private final int entrySize;
    private final int last;
    private final VirtualMachine machine;
    private final Audit audit;
    private final Backing memory;
    private final long[] addresses;
    /** Whether the guest may rely on the translation of an address, by virtual CPU. */
    private final boolean[][] current;
    /** The PDPTE registers as of the last load, by virtual CPU. */
    private final long[][] pdptes;
    /** Frames written while slot 0 or 2 logs. */
    private final BitSet written = new BitSet();

    private final Walk walk = new Walk();
    private String what = "";

    RandomShadowGuest(Paging paging, int vcpus, PolicyRuntime policies, boolean tlb, long seed) {
        this.random = new SplittableRandom(seed);
        this.paging = paging;
        entrySize = paging.levels == 2 ? 4 : 8;
        last = 4096 / entrySize - 1;
        machine = VirtualMachine.create(MmuOptions.shadow(), vcpus, policies, null);
        memory = machine.host().addBacking(0, MEMORY, false);
        machine.host().addBacking(1, 0x10, false);
        machine.host().addBacking(2, 0x400, true);
        machine.host().addBacking(3, 0x10, false);
        machine.setMemslot(0, 0, 0, MEMORY, 0, 0, 0);
        machine.setMemslot(0, 1, READ_ONLY, 0x10, Memslot.READONLY, 1, 0);
        machine.setMemslot(0, 2, HUGE, 0x400, 0, 2, 0);
        machine.setMemslot(0, 3, COMES_AND_GOES, 0x10, 0, 3, 0);
        audit = new Audit(machine);
        addresses = addresses();
        current = new boolean[vcpus][addresses.length];
        pdptes = new long[vcpus][4];
        layOut();
        // Never changed while the guest runs: pages of tables are shared whatever EFER.NX is (VC-2), so that the kernel
        // does not find bit 63 reserved where it was not before.
        long efer = random.nextInt(4) == 0 ? 0 : Registers.EFER_NX;
        for (int i = 0; i < vcpus; i++) {
            if (tlb) {
                machine.vcpu(i).state().setTlb(new Tlb(8, 4));
            }
            long cr4 = paging.cr4 | Registers.CR4_PGE;
            machine.vcpu(i)
                    .registers()
                    .setAll(machine.vcpu(i).state(), 0x80010033L, ROOTS << 12, cr4, paging.efer | Registers.EFER_NX);
            flushed(i);
        }
    }

    /**
     * Few addresses: two entries of each directory, five of each page table. Page 0 is left out: since the MMIO cache never
     * matches it (PF-64a), fetching from a device there never ends (EM-6).
     */
    private long[] addresses() {
        int directories = paging.levels - 1;
        long[] made = new long[(1 << directories) * 5];
        for (int i = 0; i < made.length; i++) {
            long address = 0;
            for (int level = paging.levels; level > 1; level--) {
                address |= (long) (i >> level - 2 & 1) << shift(level);
            }
            int low = i >> directories;
            made[i] = address | (long) (low == 0 ? last : low) << 12;
        }
        return made;
    }

    private int shift(int level) {
        return 12 + (entrySize == 4 ? 10 : 9) * (level - 1);
    }

    private int index(long address, int level) {
        return (int) (address >>> shift(level)) & (paging.levels == 3 && level == 3 ? 3 : last);
    }

    /** The kernel's part of every root: all of memory, for the kernel only but for one page of code. */
    private void layOut() {
        long leaves = KERNEL_TABLES + paging.levels;
        for (int frame = 0; frame < MEMORY; frame++) {
            long rights = frame == USER_CODE ? P | U | A | D : P | W | A | D;
            put(leaves + frame / (last + 1), frame & last, (long) frame << 12 | rights);
        }
        long below = leaves;
        for (int level = 2; level < paging.levels; level++) {
            long table = KERNEL_TABLES + level;
            put(table, 0, below << 12 | P | W | U | A);
            if (level == 2) {
                put(table, 1, below + 1 << 12 | P | W | U | A);
            }
            below = table;
        }
        long pointer = below << 12 | (paging.levels == 3 ? P : P | W | U | A);
        for (int root = 0; root < 3; root++) {
            put(ROOTS + root, index(paging.kernel, paging.levels), pointer);
            for (int i = 0; i < 2; i++) {
                put(ROOTS + root, i, randomPointer());
            }
        }
        for (int table = 0; table < 8; table++) {
            for (int i = 0; i < 6; i++) {
                put(TABLES + table, i == 5 ? last : i, randomEntry(TABLES + table));
            }
        }
    }

    private void put(long frame, int index, long value) {
        memory.writeBytes(frame, index * entrySize, value, entrySize);
    }

    private long get(long frame, int index) {
        return memory.readBytes(frame, index * entrySize, entrySize);
    }

    // ---- what happens ----------------------------------------------------------------------------------------------

    /** Does {@code count} things and looks at everything after each. */
    void run(int count) {
        for (int op = 0; op < count; op++) {
            try {
                step();
                var found = audit.check();
                if (!found.isEmpty()) {
                    fail(found.toString());
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("operation " + op + ", " + what + "; " + walk + ": " + e.getMessage(), e);
            }
        }
    }

    private void step() {
        int dice = random.nextInt(200);
        if (dice < 100) {
            access();
        } else if (dice < 160) {
            changeTable();
        } else if (dice < 170) {
            invalidateAddress();
        } else if (dice < 180) {
            switchTables();
        } else if (dice < 186) {
            changeRegisters();
        } else if (dice < 189) {
            slotComesOrGoes();
        } else if (dice < 192) {
            what = "quota";
            machine.setQuota(64 + random.nextInt(32));
        } else if (dice < 195) {
            hostTakesPages();
        } else if (dice < 197) {
            logOnOrOff(random.nextBoolean() ? 0 : 2);
        } else {
            readLog(random.nextBoolean() ? 0 : 2);
        }
    }

    private int vcpu() {
        return random.nextInt(machine.vcpus());
    }

    private void access() {
        int cpu = vcpu();
        Vcpu vcpu = machine.vcpu(cpu);
        int number = random.nextInt(addresses.length);
        long address = addresses[number] | random.nextInt(512) << 3;
        boolean user = random.nextInt(4) != 0;
        AccessKind kind = AccessKind.values()[random.nextInt(3)];
        boolean write = kind == AccessKind.WRITE;
        what = kind + " of 0x" + Long.toHexString(address) + (user ? " by user" : " by kernel") + " on " + cpu;
        walk.run(cpu, address, write, kind == AccessKind.FETCH, user);
        boolean refused = walk.refused;
        long frame = walk.frame;
        long emulated = machine.counters().get(Counter.INSN_EMULATION);

        vcpu.state().rip = code(user);
        VirtualAccessResult result = vcpu.accessGva(address, kind, user);

        boolean reached = result == VirtualAccessResult.HIT || result == VirtualAccessResult.FAULT;
        boolean byHardware = reached && machine.counters().get(Counter.INSN_EMULATION) == emulated;
        if (write && byHardware) {
            noteWrite(vcpu.reachedPfn());
        }
        if (!current[cpu][number]) {
            return;
        }
        Memslot slot = machine.core().memslots.findUsable(0, frame);
        if (refused) {
            assertThat(result).as("the tables refuse").isEqualTo(VirtualAccessResult.GUEST_FAULT);
        } else if (slot == null || write && slot.readOnly()) {
            assertThat(result).as("frame 0x%x", frame).isEqualTo(VirtualAccessResult.MMIO);
        } else {
            // A sync may make an old MMIO entry current although memory came in its place (US-11).
            boolean mayBeDevice = slot.id() == 3;
            assertThat(reached || mayBeDevice && result == VirtualAccessResult.MMIO)
                    .as("frame 0x%x: %s", frame, result)
                    .isTrue();
            if (byHardware) {
                assertThat(vcpu.reachedPfn())
                        .as("frame 0x%x", frame)
                        .isEqualTo(slot.backing().pfn(slot.hostPage(frame)));
                walk.run(cpu, address, write, kind == AccessKind.FETCH, user);
                assertThat(walk.marked(write)).as("accessed and dirty bits").isTrue();
            }
        }
    }

    private long code(boolean user) {
        return paging.kernel + ((user ? USER_CODE : KERNEL_CODE) << 12);
    }

    /** The kernel stores into a table, most often one whole entry. */
    private void changeTable() {
        boolean root = random.nextInt(12) == 0;
        long table = root ? ROOTS + random.nextInt(3) : TABLES + random.nextInt(8);
        int index = root ? random.nextInt(2) : random.nextInt(6);
        index = index == 5 ? last : index;
        long value = root ? randomPointer() : randomEntry(table);
        int size = entrySize;
        int dice = random.nextInt(20);
        if (!root && dice == 0) {
            size = 1;
        } else if (!root && dice == 1) {
            size = 4;
        } else if (!root && dice == 2 && index < last) {
            size = 8;
        }
        int offset = index * entrySize;
        store(vcpu(), table, offset, value, size);
    }

    private void store(int cpu, long frame, int offset, long value, int size) {
        long address = paging.kernel + (frame << 12) + offset;
        what = "store of 0x" + Long.toHexString(value) + " (" + size + ") to 0x"
                + Long.toHexString(frame << 12 | offset) + " on " + cpu;
        long[][] before = paths();
        long expected = size == 8 ? value : value & (1L << 8 * size) - 1;

        machine.vcpu(cpu).state().rip = code(false);
        VirtualAccessResult result = machine.vcpu(cpu).storeGva(address, value, size, false);

        assertThat(result).isIn(VirtualAccessResult.HIT, VirtualAccessResult.FAULT);
        assertThat(memory.readBytes(frame, offset, size)).isEqualTo(expected);
        noteWrite(memory.pfn(frame));
        long[][] after = paths();
        for (int i = 0; i < before.length; i++) {
            for (int number = 0; number < addresses.length; number++) {
                current[i][number] &= before[i][number] == after[i][number];
            }
        }
    }

    /** What lies on the way to each address, boiled down to a number. */
    private long[][] paths() {
        long[][] paths = new long[machine.vcpus()][addresses.length];
        for (int cpu = 0; cpu < paths.length; cpu++) {
            for (int number = 0; number < addresses.length; number++) {
                walk.run(cpu, addresses[number], false, false, false);
                paths[cpu][number] = walk.path();
            }
        }
        return paths;
    }

    private void invalidateAddress() {
        int cpu = vcpu();
        int number = random.nextInt(addresses.length);
        what = "invlpg 0x" + Long.toHexString(addresses[number]) + " on " + cpu;
        machine.vcpu(cpu).invlpg(addresses[number]);
        current[cpu][number] = true;
    }

    private void switchTables() {
        loadTables(vcpu(), ROOTS + random.nextInt(3) << 12);
    }

    private void loadTables(int cpu, long cr3) {
        what = "cr3 0x" + Long.toHexString(cr3) + " on " + cpu;
        assertThat(machine.vcpu(cpu).writeCr3(cr3)).isTrue();
        flushed(cpu);
    }

    private void flushed(int cpu) {
        java.util.Arrays.fill(current[cpu], true);
        for (int i = 0; paging.levels == 3 && i < 4; i++) {
            pdptes[cpu][i] = get(machine.vcpu(cpu).state().cr3 >>> 12, i);
        }
    }

    private void changeRegisters() {
        int cpu = vcpu();
        Vcpu vcpu = machine.vcpu(cpu);
        what = "registers on " + cpu;
        switch (random.nextInt(4)) {
            case 0 -> vcpu.writeCr0(vcpu.state().cr0() ^ Registers.CR0_WP);
            case 1 -> vcpu.writeCr4(vcpu.state().cr4() ^ Registers.CR4_SMEP);
            case 2 -> vcpu.writeCr4(vcpu.state().cr4() ^ Registers.CR4_SMAP);
            default -> vcpu.writeCr4(vcpu.state().cr4() ^ Registers.CR4_PGE);
        }
        if (paging == Paging.PAE) {
            loadTables(cpu, vcpu.state().cr3);
        }
        flushed(cpu);
    }

    // ---- what surrounds it -----------------------------------------------------------------------------------------

    private void slotComesOrGoes() {
        what = "slot";
        if (machine.core().memslots.byId(0, 3) == null) {
            assertThat(machine.setMemslot(0, 3, COMES_AND_GOES, 0x10, 0, 3, 0)).isZero();
        } else {
            assertThat(machine.setMemslot(0, 3, 0, 0, 0, 0, 0)).isZero();
        }
    }

    /** The host takes pages without contents; tables must stay. */
    private void hostTakesPages() {
        Backing backing = machine.host().backing(random.nextBoolean() ? 0 : 2);
        long first = backing == memory ? DATA + random.nextInt(16) : random.nextInt(0x400);
        long count = backing == memory ? 1 : Math.min(0x400 - first, 1 + random.nextInt(0x200));
        what = "host takes page " + first + " +" + count + " of " + backing.id();
        for (long page = first; page < first + count; page++) {
            if (backing.hasContents(page)) {
                return;
            }
        }
        machine.host().discard(backing, first, count);
    }

    private void logOnOrOff(int id) {
        Memslot slot = machine.core().memslots.byId(0, id);
        what = "log of slot " + id + " on or off";
        assertThat(machine.setMemslot(
                        0, id, slot.baseGfn(), slot.pages(), slot.flags() ^ Memslot.LOG_DIRTY, id, slot.backingPage()))
                .isZero();
        written.clear((int) slot.baseGfn(), (int) slot.endGfn());
    }

    private void readLog(int id) {
        Memslot slot = machine.core().memslots.byId(0, id);
        long[] log = machine.dirtyLog(0, id);
        what = "log of slot " + id;
        if (log != null) {
            BitSet missing = written.get((int) slot.baseGfn(), (int) slot.endGfn());
            missing.andNot(BitSet.valueOf(log));
            assertThat(missing.cardinality())
                    .as("written pages that the log does not show")
                    .isZero();
        }
        written.clear((int) slot.baseGfn(), (int) slot.endGfn());
    }

    private void noteWrite(long pfn) {
        Backing backing = machine.host().holding(pfn);
        long frame = backing.pageOf(pfn) + (backing == memory ? 0 : HUGE);
        if (backing == memory || backing.id() == 2) {
            written.set((int) frame);
        }
    }

    // ---- entries ---------------------------------------------------------------------------------------------------

    /** An entry of a root: it leads to a table. */
    private long randomPointer() {
        long entry = tableBelow(paging.levels) << 12;
        if (random.nextInt(16) == 0) {
            return 0;
        }
        return paging.levels == 3 ? entry | P : entry | P | (random.nextInt(4) == 0 ? 0 : W) | U | bit(A);
    }

    /** A table for an entry of a level: mostly one of those that serve the level below, now and then any. */
    private long tableBelow(int level) {
        if (random.nextInt(8) == 0) {
            return TABLES + random.nextInt(8);
        }
        return switch (level) {
            case 2 -> TABLES + 4 + random.nextInt(4);
            case 3 -> TABLES + 2 + random.nextInt(2);
            case 4 -> TABLES + 1;
            default -> TABLES;
        };
    }

    /** The level that a table mostly serves. */
    private static int levelOf(long table) {
        if (table >= TABLES + 4) {
            return 1;
        }
        return table >= TABLES + 2 ? 2 : table == TABLES + 1 ? 3 : 4;
    }

    private long bit(long bit) {
        return random.nextBoolean() ? bit : 0;
    }

    private long mostly(long bit) {
        return random.nextInt(10) == 0 ? 0 : bit;
    }

    /** An entry of any other table. */
    private long randomEntry(long table) {
        int level = levelOf(table);
        int dice = level == 1 ? random.nextInt(100) : random.nextInt(250);
        long frame;
        long extra = 0;
        if (dice >= 100) {
            frame = tableBelow(level);
        } else if (dice < 55) {
            frame = DATA + random.nextInt(16);
        } else if (dice < 75) {
            frame = TABLES + random.nextInt(8);
        } else if (dice < 80) {
            frame = READ_ONLY + random.nextInt(16);
        } else if (dice < 84) {
            frame = HOLE + random.nextInt(16);
        } else if (dice < 90) {
            frame = COMES_AND_GOES + random.nextInt(16);
        } else if (dice < 97) {
            frame = HUGE + (random.nextBoolean() || entrySize == 4 ? 0 : 0x200);
            extra = PS;
        } else {
            frame = HUGE + random.nextInt(0x400);
        }
        if (entrySize == 8) {
            extra |= random.nextInt(10) == 0 ? NX : 0;
            extra |= random.nextInt(60) == 0 ? 1L << 45 : 0;
        }
        return frame << 12 | extra | mostly(P) | mostly(W) | mostly(U) | mostly(A) | bit(D);
    }

    /** The processor's walk of the guest's tables in memory, and its verdict. */
    private final class Walk {
        private final long[] entries = new long[6];
        private final boolean[] readOnlyTable = new boolean[6];
        private int leaf;
        private int top;
        boolean refused;
        long frame;

        void run(int cpu, long address, boolean write, boolean fetch, boolean user) {
            var state = machine.vcpu(cpu).state();
            boolean wp = (state.cr0() & Registers.CR0_WP) != 0;
            boolean nx = (state.efer() & Registers.EFER_NX) != 0;
            java.util.Arrays.fill(entries, 0);
            refused = true;
            leaf = 0;
            top = paging.levels;
            long table = state.cr3 >>> 12;
            if (paging.levels == 3) {
                entries[3] = pdptes[cpu][index(address, 3)];
                if ((entries[3] & P) == 0) {
                    return;
                }
                table = entries[3] >>> 12;
                top = 2;
            }
            boolean writable = true;
            boolean userPage = true;
            boolean executable = true;
            for (int level = top; level >= 1; level--) {
                Memslot slot = machine.core().memslots.findUsable(0, table);
                if (slot == null) {
                    return;
                }
                long entry =
                        slot.backing().readBytes(slot.hostPage(table), index(address, level) * entrySize, entrySize);
                entries[level] = entry;
                readOnlyTable[level] = slot.readOnly();
                if ((entry & P) == 0 || reserved(entry, level, nx)) {
                    return;
                }
                writable &= (entry & W) != 0;
                userPage &= (entry & U) != 0;
                executable &= entry >= 0;
                table = entry << 12 >>> 24;
                if (level == 1 || (entry & PS) != 0) {
                    leaf = level;
                    break;
                }
            }
            boolean smep = (state.cr4() & Registers.CR4_SMEP) != 0;
            boolean smap = (state.cr4() & Registers.CR4_SMAP) != 0;
            refused = write && !writable && (user || wp)
                    || user && !userPage
                    || fetch && nx && !executable
                    || fetch && smep && !user && userPage
                    || !fetch && smap && !user && userPage;
            long pages = 1L << shift(leaf) - 12;
            frame = entries[leaf] << 12 >>> 24 & -pages | address >>> 12 & pages - 1;
        }

        private boolean reserved(long entry, int level, boolean nx) {
            boolean large = level > 1 && (entry & PS) != 0;
            if (entrySize == 4) {
                return large && (entry & 0x3e0000) != 0;
            }
            boolean high = (entry & (1L << 52) - (1L << 40)) != 0 || entry < 0 && !nx;
            boolean low = large && (level > 3 || (entry & (1L << shift(level)) - (1L << 13)) != 0);
            return high || low || level > 3 && (entry & 1 << 8) != 0;
        }

        /** Whether the entries on the way have their marks. */
        boolean marked(boolean write) {
            for (int level = top; level >= leaf; level--) {
                long wanted = level == leaf && write ? A | D : A;
                if (!readOnlyTable[level] && (entries[level] & wanted) != wanted) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("entries");
            for (int level = paging.levels; level >= 1; level--) {
                text.append(' ').append(Long.toHexString(entries[level]));
            }
            return text.append(refused ? " refuse" : " allow").toString();
        }

        long path() {
            long path = leaf;
            for (int level = 1; level <= top; level++) {
                path = path * 0x9e3779b97f4a7c15L + entries[level];
            }
            return path;
        }
    }
}
