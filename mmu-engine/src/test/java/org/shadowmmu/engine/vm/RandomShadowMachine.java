package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.audit.AuditViolation;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.fault.Instruction.Kind;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vcpu.Root;
import org.shadowmmu.engine.vcpu.VcpuState;

/**
 * A machine under shadow paging whose guest does random things: it accesses memory, writes to its page tables with all
 * sizes and kinds of instructions, switches tables, changes control registers and paging modes; and user space and host do
 * theirs. Three things are checked after each operation: the audit's invariants, the {@link ShadowSecurity security
 * property}, and that the guest sees what the {@link GuestModel} of a processor says, except where unsync pages or a TLB
 * may be behind.
 *
 * <p>Tables of level n are frames 10 + 4n to 13 + 4n (hexadecimal, from n = 0); their entries are random, but most lead to
 * a table of the level below. Frames 30 and 31 are tables, with entries of 8 and of 4 bytes, that map all those tables.
 */
final class RandomShadowMachine {
    private static final long TABLES = 0x10;
    private static final long TABLES_END = 0x30;
    private static final int TABLES_OF_LEVEL = 4;
    private static final long WINDOW = 0x30;
    private static final long WINDOW_OF_4_BYTES = 0x31;
    /** Frames of PAE page-directory pointers, whose entries have few legal bits. */
    private static final long POINTERS = 0x28;

    private static final long LOW_PAGES = 0x800;
    private static final long[] HIGH_BASES = {0x900, 0xb00, 0xc80};
    private static final long HIGH_PAGES = 0x100;

    private static final int[] DIRECTORY_INDEXES = {0, 1, 2, 511};
    private static final int LEAF_INDEXES = 32;

    private static final long CR0_PG = 1L << 31;
    private static final long CR0_WP = 1 << 16;
    private static final long CR4_PSE = 1 << 4;
    private static final long CR4_PAE = 1 << 5;
    private static final long CR4_PGE = 1 << 7;
    private static final long CR4_LA57 = 1 << 12;
    private static final long CR4_SMEP = 1 << 20;
    private static final long CR4_SMAP = 1 << 21;
    private static final long EFER_LME = 1 << 8;
    private static final long EFER_LMA = 1 << 10;
    private static final long EFER_NX = 1 << 11;

    private static final int REMEMBERED = 12;

    private final SplittableRandom random;
    private final VirtualMachine machine;
    private final Audit audit;
    private final ShadowSecurity security;
    private final GuestModel model;
    private final boolean noExecuteBits;
    private final int[] modes;
    private final ArrayDeque<String> story = new ArrayDeque<>();

    /** Makes the machine; its guest uses tables of these numbers of levels, and 0 for none. */
    RandomShadowMachine(MmuOptions options, int vcpus, PolicyRuntime policies, boolean tlb, long seed, int... modes) {
        this.random = new SplittableRandom(seed);
        this.modes = modes;
        machine = VirtualMachine.create(options, vcpus, policies, null);
        machine.host().addBacking(0, LOW_PAGES, random.nextBoolean());
        machine.host().addBacking(1, HIGH_PAGES, false);
        machine.setMemslot(0, 0, 0, LOW_PAGES, 0, 0, 0);
        machine.setQuota(64);
        noExecuteBits = random.nextBoolean();
        for (int i = 0; i < vcpus; i++) {
            if (tlb) {
                machine.vcpu(i).state().setTlb(new Tlb(8, 4));
            }
        }
        audit = new Audit(machine);
        model = new GuestModel(machine.core());
        security = new ShadowSecurity(machine.core());
        fillTables();
        for (int i = 0; i < vcpus; i++) {
            loadRegisters(machine.vcpu(i));
        }
    }

    private void fillTables() {
        for (long table = TABLES; table < TABLES_END; table++) {
            for (int index = 0; index < 512; index++) {
                poke(table, index, randomEntry(levelOf(table), false));
            }
        }
        for (int i = 0; i < LEAF_INDEXES; i++) {
            poke(WINDOW, i, TABLES + i << 12 | 0x67);
            long both = (TABLES + 2 * i << 12 | 0x67) | (TABLES + 2 * i + 1 << 12 | 0x67) << 32;
            poke(WINDOW_OF_4_BYTES, i, both);
        }
    }

    private void poke(long frame, int word, long value) {
        machine.host().backing(0).write(frame, word, value);
    }

    /** Does {@code count} things and looks at everything after each. */
    void run(int count) {
        for (int op = 0; op < count; op++) {
            try {
                step();
                look();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("operation " + op + " after " + story + ": " + e.getMessage(), e);
            }
        }
    }

    /** A statistic of the machine. */
    long stat(Counter counter) {
        return machine.counters().get(counter);
    }

    private void tell(String what) {
        if (story.size() == REMEMBERED) {
            story.remove();
        }
        story.add(what);
    }

    private void look() {
        var found = audit.check();
        if (!found.isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (AuditViolation violation : found) {
                text.append("\n  ").append(violation);
            }
            fail(text.toString());
        }
        security.check();
    }

    private void step() {
        int dice = random.nextInt(100);
        Vcpu vcpu = machine.vcpu(random.nextInt(machine.vcpus()));
        if (dice < 42) {
            access(vcpu);
        } else if (dice < 76) {
            store(vcpu);
        } else if (dice < 82) {
            long address = address(vcpu);
            tell("invlpg " + Long.toHexString(address));
            vcpu.invlpg(address);
        } else if (dice < 90) {
            switchTables(vcpu);
        } else if (dice < 92) {
            changeRegister(vcpu);
        } else if (dice < 93) {
            changeMode(vcpu);
        } else if (dice < 95) {
            changeSlot();
        } else if (dice < 97) {
            useLog();
        } else if (dice < 99) {
            hostTakesPages();
        } else {
            long pages = 64 + random.nextLong(60);
            tell("quota " + pages);
            assertThat(machine.setQuota(pages)).isZero();
        }
    }

    // ---- accesses --------------------------------------------------------------------------------------------------

    private void access(Vcpu vcpu) {
        boolean user = random.nextBoolean();
        long address = allowedAddress(vcpu, user, false, false);
        // Nothing is fetched from page 0: the MMIO cache cannot hold it (PF-64a), so a fetch from a hole there never
        // ends.
        AccessKind kind = AccessKind.values()[random.nextInt(address >>> 12 == 0 ? 2 : 3)];
        tell(vcpu.state().index + (user ? " user " : " ") + kind + " " + Long.toHexString(address));
        goToCode(vcpu, user);
        boolean write = kind == AccessKind.WRITE;
        boolean fetch = kind == AccessKind.FETCH;
        Expectation expected = expect(vcpu, address, write, fetch, user);
        VirtualAccessResult result = vcpu.accessGva(address, kind, user);
        check(vcpu, address, result, expected);
    }

    private void store(Vcpu vcpu) {
        boolean user = random.nextInt(4) == 0;
        long page = allowedAddress(vcpu, user, true, random.nextInt(4) > 0) & -4096;
        boolean mapped = model.allows(page, true, false, user);
        long gfn = mapped ? model.gfn() : -1;
        boolean table = gfn >= TABLES && gfn < TABLES_END;
        int size = 8;
        int offset = 8 * (random.nextBoolean() ? random.nextInt(LEAF_INDEXES) : directoryIndex());
        long value = table ? randomEntry(levelOf(gfn), false) : random.nextLong();
        if (random.nextInt(4) == 0) {
            size = 1 << random.nextInt(4);
            offset = random.nextInt(8) == 0 ? 4096 - 1 - random.nextInt(8) : random.nextInt(64) * size;
            offset += random.nextInt(3) == 0 ? random.nextInt(4) : 0;
            offset = Math.min(offset, 4095);
            if (size == 4 && offset % 8 > 4) {
                // With CR4.PAE such a write counts as one of the first entry only, and the second stays as it was
                // (EM-13).
                offset -= 4;
            }
            value = withOneBitChanged(gfn, offset, size);
        }
        Kind kind = random.nextBoolean() ? Kind.STORE : Kind.values()[2 + random.nextInt(5)];
        boolean crosses = offset + size > 4096;
        if (crosses && kind != Kind.STORE && kind != Kind.BULK_STORE) {
            kind = Kind.STORE;
        }
        if (kind == Kind.READ_MODIFY_WRITE) {
            value = 0;
        }
        long address = page + offset;
        tell(vcpu.state().index + (user ? " user " : " ") + kind + " " + size + " at " + Long.toHexString(address));
        goToCode(vcpu, user);
        Expectation expected = expect(vcpu, address, true, false, user);
        VirtualAccessResult result = vcpu.execute(kind, address, value, size, user);
        if (!crosses) {
            check(vcpu, address, result, expected);
        }
    }

    /** What memory holds there, with one bit changed that means the same in every paging mode. */
    private long withOneBitChanged(long gfn, int offset, int size) {
        Memslot slot = gfn < 0 ? null : machine.core().memslots.findUsable(0, gfn);
        int inPage = Math.min(size, 4096 - offset);
        long old = slot == null ? 0 : slot.backing().readBytes(slot.hostPage(gfn), offset, inPage);
        for (int tries = 0; tries < 16; tries++) {
            int bit = random.nextInt(8 * size);
            int inEntry = (8 * offset + bit) % 64;
            if (inEntry < 20 || inEntry > 31 && inEntry < 40) {
                return old ^ 1L << bit;
            }
        }
        return old;
    }

    /** What a processor would do. */
    private record Expectation(
            boolean current, boolean allowed, long gfn, int error, boolean fetchAllowed, int fetchError) {}

    private Expectation expect(Vcpu vcpu, long address, boolean write, boolean fetch, boolean user) {
        boolean current = vcpu.enter() == GuestEntry.Result.ENTERED && seesTheTables(vcpu.state());
        sync(vcpu);
        boolean fetchAllowed = model.allows(vcpu.state().rip, false, true, user);
        int fetchError = model.error();
        boolean allowed = model.allows(address, write, fetch, user);
        return new Expectation(current, allowed, model.gfn(), model.error(), fetchAllowed, fetchError);
    }

    private void check(Vcpu vcpu, long address, VirtualAccessResult result, Expectation expected) {
        VcpuState state = vcpu.state();
        if (result == VirtualAccessResult.GUEST_FAULT) {
            boolean ofOperand = state.guestFaultAddress() == address;
            boolean allowed = ofOperand ? expected.allowed() : expected.fetchAllowed();
            int error = ofOperand ? expected.error() : expected.fetchError();
            assertThat(allowed).as("the processor allows it").isFalse();
            // The emulator loads before it stores, so its fault may be that of the load.
            assertThat(state.guestFaultError() | 2).isEqualTo(error | 2);
            return;
        }
        if (!expected.current() || result != VirtualAccessResult.HIT && result != VirtualAccessResult.FAULT) {
            return;
        }
        assertThat(expected.allowed()).as("the processor allows it").isTrue();
        if (vcpu.reachedPfn() != Vcpu.NO_FRAME) {
            Memslot slot = machine.core().memslots.findUsable(0, expected.gfn());
            assertThat(slot).isNotNull();
            assertThat(vcpu.reachedPfn()).isEqualTo(slot.backing().pfn(slot.hostPage(expected.gfn())));
        }
    }

    /** Whether the guest sees its tables as they are: no page below the root is unsync, and nothing is cached. */
    private static boolean seesTheTables(VcpuState state) {
        Root root = state.roots().current();
        if (state.tlb() != null || !root.valid()) {
            return false;
        }
        boolean synced = root.page() == null || root.page().unsyncChildren == 0;
        for (int i = 0; i < Root.PAE_ENTRIES; i++) {
            ShadowPage entry = root.paeEntry(i);
            synced &= entry == null || entry.unsyncChildren == 0;
        }
        return synced;
    }

    /** Puts the instruction where the processor can fetch it, mostly; never where there is no memory. */
    private void goToCode(Vcpu vcpu, boolean user) {
        sync(vcpu);
        for (int tries = 0; ; tries++) {
            vcpu.state().rip = address(vcpu);
            boolean allowed = model.allows(vcpu.state().rip, false, true, user);
            if (allowed && machine.core().memslots.findUsable(0, model.gfn()) != null || !allowed && tries > 6) {
                return;
            }
            if (tries > 1000) {
                // Without slot 0 and paging there is no memory to run in.
                return;
            }
        }
    }

    private void sync(Vcpu vcpu) {
        VcpuState state = vcpu.state();
        model.registers(
                state.cr0(),
                state.cr3,
                state.cr4(),
                state.efer(),
                vcpu.registers().pdptes(state));
    }

    /** An address that the guest may access, and that holds a table, if one is found soon; else any. */
    private long allowedAddress(Vcpu vcpu, boolean user, boolean write, boolean ofTable) {
        long address = address(vcpu);
        for (int tries = random.nextInt(ofTable ? 40 : 4); tries > 0; tries--) {
            boolean found = model.allows(address, write, false, user);
            if (found && (!ofTable || model.gfn() >= TABLES && model.gfn() < TABLES_END)) {
                return address;
            }
            address = address(vcpu);
        }
        return address;
    }

    private long address(Vcpu vcpu) {
        sync(vcpu);
        int offset = random.nextInt(4096);
        int levels = model.levels();
        if (levels == 0) {
            long frame = random.nextBoolean() ? TABLES + random.nextLong(TABLES_END - TABLES) : randomFrame();
            return frame << 12 | offset;
        }
        long address = (long) random.nextInt(LEAF_INDEXES) << 12 | offset;
        if (levels == 2) {
            int index = directoryIndex();
            return address | (long) (index == 511 ? 513 : index) << 22;
        }
        for (int level = 2; level <= levels; level++) {
            long index = level == 3 && levels == 3 ? random.nextInt(4) : directoryIndex();
            address |= index << 3 + 9 * level;
        }
        int unused = levels == 5 ? 7 : 16;
        return levels == 3 ? address : address << unused >> unused;
    }

    private int directoryIndex() {
        return DIRECTORY_INDEXES[random.nextInt(DIRECTORY_INDEXES.length)];
    }

    // ---- tables ----------------------------------------------------------------------------------------------------

    private static int levelOf(long table) {
        return (int) Math.min(5, (table - TABLES) / TABLES_OF_LEVEL + 1);
    }

    private long randomEntry(int level, boolean pointer) {
        if (random.nextInt(16) == 0) {
            return 0;
        }
        if (pointer) {
            return tableOf(2) << 12 | (random.nextInt(20) == 0 ? 0x21 : 1);
        }
        long entry = 1;
        entry |= random.nextInt(6) > 0 ? 2 : 0;
        entry |= random.nextInt(4) > 0 ? 4 : 0;
        entry |= random.nextInt(6) > 0 ? 0x20 : 0;
        entry |= random.nextInt(4) > 0 ? 0x40 : 0;
        entry |= noExecuteBits && random.nextInt(8) == 0 ? 1L << 63 : 0;
        entry |= random.nextInt(100) == 0 ? 1L << 45 : 0;
        if (level == 1) {
            return entry | (random.nextInt(3) == 0 ? TABLES + random.nextLong(32) : randomFrame()) << 12;
        }
        if (level <= 3 && random.nextInt(5) == 0) {
            long block = level == 2 ? random.nextLong(LOW_PAGES >> 9) << 9 : 0;
            return entry | 0x80 | block << 12;
        }
        return entry | (random.nextInt(20) == 0 ? TABLES + random.nextLong(32) : tableOf(level - 1)) << 12;
    }

    private long tableOf(int level) {
        if (level == 1 && random.nextInt(5) == 0) {
            return random.nextInt(4) == 0 ? WINDOW_OF_4_BYTES : WINDOW;
        }
        return TABLES + (long) TABLES_OF_LEVEL * (level - 1) + random.nextInt(TABLES_OF_LEVEL);
    }

    private long randomFrame() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(3) == 0 ? 0xe00 + random.nextLong(16) : 0x40 + random.nextLong(16);
            case 1, 2 -> HIGH_BASES[random.nextInt(HIGH_BASES.length)] + random.nextLong(HIGH_PAGES);
            default -> 0x40 + random.nextLong(LOW_PAGES - 0x40);
        };
    }

    // ---- registers -------------------------------------------------------------------------------------------------

    private void switchTables(Vcpu vcpu) {
        sync(vcpu);
        long cr3 = random.nextInt(3) == 0 ? vcpu.state().cr3 : rootFor(model.levels()) << 12;
        tell(vcpu.state().index + " cr3 " + Long.toHexString(cr3));
        boolean loaded = vcpu.writeCr3(cr3);
        if (loaded && vcpu.enter() == GuestEntry.Result.ENTERED && vcpu.state().tlb() == null) {
            assertThat(seesTheTables(vcpu.state())).as("CR3 flushes").isTrue();
        }
    }

    private long rootFor(int levels) {
        return switch (levels) {
            case 0, 3 -> POINTERS + random.nextInt(4);
            default -> tableOf(levels);
        };
    }

    private void changeRegister(Vcpu vcpu) {
        VcpuState state = vcpu.state();
        switch (random.nextInt(4)) {
            case 0 -> {
                tell(state.index + " WP");
                vcpu.writeCr0(state.cr0() ^ CR0_WP);
            }
            case 1 -> {
                tell(state.index + " SMEP");
                vcpu.writeCr4(state.cr4() ^ CR4_SMEP);
            }
            case 2 -> {
                tell(state.index + " SMAP");
                vcpu.writeCr4(state.cr4() ^ CR4_SMAP);
            }
            default -> {
                if (noExecuteBits) {
                    tell(state.index + " PGE");
                    vcpu.writeCr4(state.cr4() ^ CR4_PGE);
                } else {
                    tell(state.index + " NX");
                    vcpu.writeEfer(state.efer() ^ EFER_NX);
                }
            }
        }
    }

    private void changeMode(Vcpu vcpu) {
        if (random.nextBoolean()) {
            loadRegisters(vcpu);
            return;
        }
        VcpuState state = vcpu.state();
        int levels = modes[random.nextInt(modes.length)];
        tell(state.index + " goes to " + levels + " levels");
        vcpu.writeCr0(state.cr0() & ~CR0_PG);
        long kept = state.efer() & ~(EFER_LME | EFER_LMA);
        vcpu.writeEfer(levels >= 4 ? kept | EFER_LME : kept);
        vcpu.writeCr4(cr4(levels, state.cr4()));
        vcpu.writeCr3(rootFor(levels) << 12);
        if (levels > 0) {
            vcpu.writeCr0(state.cr0() | CR0_PG);
        }
    }

    private static long cr4(int levels, long old) {
        long cr4 = old & ~(CR4_PAE | CR4_LA57) | CR4_PSE;
        return switch (levels) {
            case 0, 2 -> cr4;
            case 5 -> cr4 | CR4_PAE | CR4_LA57;
            default -> cr4 | CR4_PAE;
        };
    }

    /** User space loads everything at once. */
    private void loadRegisters(Vcpu vcpu) {
        int levels = modes[random.nextInt(modes.length)];
        tell(vcpu.state().index + " is set to " + levels + " levels");
        if (levels == 3) {
            // Illegal pointers would be kept out by the processor.
            for (long table = POINTERS; table < POINTERS + 4; table++) {
                writePointers(table);
            }
        }
        long efer = (noExecuteBits ? EFER_NX : 0) | (levels >= 4 ? EFER_LME | EFER_LMA : 0);
        long cr0 = (levels > 0 ? CR0_PG : 0) | 1 | (random.nextInt(4) > 0 ? CR0_WP : 0);
        vcpu.registers().setAll(vcpu.state(), cr0, rootFor(levels) << 12, cr4(levels, 0), efer);
    }

    /** Makes four legal pointers; no page mirrors such a table, so memory may change past the MMU. */
    private void writePointers(long table) {
        if (machine.core().pages.nextWithGptes(machine.core().pages.chain(table), table) == null) {
            for (int i = 0; i < 4; i++) {
                poke(table, i, randomEntry(3, true) & ~0x20L);
            }
        }
    }

    // ---- user space and host ---------------------------------------------------------------------------------------

    private void changeSlot() {
        Memslot high = machine.core().memslots.byId(0, 1);
        Memslot low = machine.core().memslots.byId(0, 0);
        int dice = random.nextInt(20);
        if (low == null) {
            tell("creation of slot 0");
            machine.setMemslot(0, 0, 0, LOW_PAGES, 0, 0, 0);
            forgetHoles();
        } else if (dice == 0) {
            tell("deletion of slot 0");
            machine.setMemslot(0, 0, 0, 0, 0, 0, 0);
        } else if (dice < 6) {
            tell("log of slot 0 on or off");
            machine.setMemslot(0, 0, 0, LOW_PAGES, low.flags() ^ Memslot.LOG_DIRTY, 0, 0);
        } else if (high == null) {
            tell("creation of slot 1");
            int flags = random.nextInt(3) == 0 ? Memslot.READONLY : 0;
            machine.setMemslot(0, 1, HIGH_BASES[random.nextInt(HIGH_BASES.length)], HIGH_PAGES, flags, 1, 0);
        } else if (dice < 12) {
            tell("deletion of slot 1");
            machine.setMemslot(0, 1, 0, 0, 0, 0, 0);
        } else {
            tell("move or log of slot 1");
            long base = random.nextBoolean() ? high.baseGfn() : HIGH_BASES[random.nextInt(HIGH_BASES.length)];
            machine.setMemslot(0, 1, base, HIGH_PAGES, high.flags() ^ Memslot.LOG_DIRTY, 1, 0);
        }
    }

    /**
     * Has everything zapped. An entry that marks a hole becomes, when memory is put there, a writable leaf without the
     * question whether the frame is a guest table (ST-10a); so no hole may be left where tables will be.
     */
    private void forgetHoles() {
        machine.setMemslot(0, 2, 0x10000, 1, 0, 1, 0);
        machine.setMemslot(0, 2, 0, 0, 0, 0, 0);
    }

    private void useLog() {
        int id = random.nextInt(2);
        tell("log of slot " + id);
        if (machine.dirtyLog(0, id) != null && random.nextBoolean()) {
            machine.clearDirtyLog(0, id, 64 * random.nextLong(2), 64);
        }
    }

    /** The host takes pages away, but no guest tables: what they held would change behind everybody's back. */
    private void hostTakesPages() {
        boolean low = random.nextBoolean();
        long first = low ? 0x40 + random.nextLong(LOW_PAGES - 0x40) : random.nextLong(HIGH_PAGES);
        long count = Math.min(1L << random.nextInt(10), (low ? LOW_PAGES : HIGH_PAGES) - first);
        if (low && random.nextInt(3) == 0) {
            first = 0x200 * (1 + random.nextLong(3));
            count = 0x200;
        }
        tell("host takes pages " + Long.toHexString(first) + " +" + count);
        var memory = machine.host().backing(low ? 0 : 1);
        machine.host().discard(memory, first, count);
        for (long page = first; page < first + count; page += 1 + random.nextInt(4)) {
            if (random.nextInt(3) > 0) {
                machine.host().faultIn(memory, page, random.nextInt(3) != 0);
            }
        }
    }
}
