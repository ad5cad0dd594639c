package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.audit.AuditViolation;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.VcpuState;

/**
 * A machine with two-dimensional paging that does random things: accesses, slot changes, quota changes, dirty logs, pages
 * that the host takes away, register loads. Beside it runs what little a guest may rely on: an access reaches the host page
 * of its slot or leaves the machine, and no write is missing in a dirty log.
 */
final class RandomMachine {
    private static final int SLOTS = 6;
    private static final long[] BASES = {0, 0x1f0, 0x200, 0x600, 0x801, 0x1000, 0x3ffe0, 0x40000, 0x80000};
    private static final long[] SIZES = {1, 7, 0x40, 0x1f0, 0x200, 0x400, 0x77f};
    private static final long HOST_PAGES = 0x1000;
    private static final int BACKINGS = 3;

    private final SplittableRandom random;
    private final MmuOptions options;
    private final VirtualMachine machine;
    private final Audit audit;
    /** What the guest wrote since the log of a slot last said so; null while the slot does not log. */
    private final @Nullable BitSet[] written = new BitSet[SLOTS];

    private String what = "";

    RandomMachine(MmuOptions options, int vcpus, PolicyRuntime policies, boolean tlb, long seed) {
        this.random = new SplittableRandom(seed);
        this.options = options;
        machine = VirtualMachine.create(options, vcpus, policies, null);
        for (int backing = 0; backing < BACKINGS; backing++) {
            machine.host().addBacking(backing, HOST_PAGES, backing == 1);
        }
        for (int i = 0; tlb && i < vcpus; i++) {
            machine.vcpu(i).state().setTlb(new Tlb(16, 4));
        }
        audit = new Audit(machine);
        machine.setMemslot(0, 0, 0, 0x400, 0, 1, 0);
    }

    /** Does {@code count} things and looks at everything after each. */
    void run(int count) {
        for (int op = 0; op < count; op++) {
            try {
                step();
                audit();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("operation " + op + ", " + what + ": " + e.getMessage(), e);
            }
        }
    }

    private void audit() {
        var found = audit.check();
        if (!found.isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (AuditViolation violation : found) {
                text.append("\n  ").append(violation);
            }
            fail(text.toString());
        }
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 72) {
            access();
        } else if (dice < 80) {
            changeSlot();
        } else if (dice < 82) {
            changeQuota();
        } else if (dice < 86) {
            changeFlags();
        } else if (dice < 91) {
            readOrClearLog();
        } else if (dice < 97) {
            hostTakesPages();
        } else if (dice < 99) {
            spuriousFault();
        } else {
            loadRegisters();
        }
    }

    // ---- the guest -------------------------------------------------------------------------------------------------

    private void access() {
        long gfn = frame();
        AccessKind kind = AccessKind.values()[random.nextInt(4)];
        Vcpu vcpu = vcpu();
        what = kind + " of frame 0x" + Long.toHexString(gfn) + " by " + vcpu.state().index;

        AccessResult result = vcpu.accessGpa(gfn << 12, kind);

        Memslot slot = machine.core().memslots.findUsable(0, gfn);
        boolean write = kind == AccessKind.WRITE || kind == AccessKind.PAGE_TABLE;
        if (slot == null || write && slot.readOnly()) {
            assertThat(result).isEqualTo(AccessResult.MMIO);
            return;
        }
        assertThat(result).isNotEqualTo(AccessResult.MMIO);
        assertThat(frameReached(vcpu.state(), gfn)).isEqualTo(slot.backing().pfn(slot.hostPage(gfn)));
        BitSet log = written[slot.id()];
        if (write && log != null) {
            log.set((int) (gfn - slot.baseGfn()));
        }
    }

    private long frameReached(VcpuState vcpu, long gfn) {
        Tlb tlb = vcpu.tlb();
        return tlb == null ? machine.vcpu(vcpu.index).walkedPfn() : tlb.frame(tlb.find(gfn));
    }

    private Vcpu vcpu() {
        return machine.vcpu(random.nextInt(machine.vcpus()));
    }

    /** A frame in a slot, or now and then anywhere. */
    private long frame() {
        int count = machine.core().memslots.count(0);
        if (count == 0 || random.nextInt(12) == 0) {
            return BASES[random.nextInt(BASES.length)] + random.nextLong(0x1000);
        }
        Memslot slot = machine.core().memslots.slot(0, random.nextInt(count));
        return slot.baseGfn() + random.nextLong(slot.pages());
    }

    /** A fault that somebody else dealt with already, or that nobody had. */
    private void spuriousFault() {
        long gfn = frame();
        int bits = random.nextInt(3);
        long error = Access.USER
                | Access.GUEST_FINAL
                | ((bits & 1) != 0 ? Access.PRESENT : 0)
                | (bits != 2 ? Access.WRITE : 0);
        what = "fault " + Long.toHexString(error) + " at frame 0x" + Long.toHexString(gfn);
        Vcpu vcpu = vcpu();
        vcpu.enter();
        vcpu.fault(gfn << 12, error);
    }

    private void loadRegisters() {
        what = "registers";
        Vcpu vcpu = vcpu();
        vcpu.registers().setAll(vcpu.state(), 0x80010033L, random.nextLong(16) << 12, 0x6b0, 0xd00);
    }

    // ---- user space ------------------------------------------------------------------------------------------------

    private void changeSlot() {
        int id = random.nextInt(SLOTS);
        Memslot slot = machine.core().memslots.byId(0, id);
        long base = BASES[random.nextInt(BASES.length)];
        if (slot == null) {
            long pages = SIZES[random.nextInt(SIZES.length)];
            long hostPage = random.nextInt(3) == 0 ? random.nextLong(HOST_PAGES - pages) : base & 0x3ff;
            int flags = random.nextInt(8) == 0 ? Memslot.READONLY : 0;
            flags |= random.nextInt(8) == 0 ? Memslot.LOG_DIRTY : 0;
            what = "creation of slot " + id;
            if (machine.setMemslot(0, id, base, pages, flags, random.nextInt(BACKINGS), hostPage) == 0) {
                written[id] = (flags & Memslot.LOG_DIRTY) != 0 ? new BitSet() : null;
            }
        } else if (random.nextBoolean()) {
            what = "deletion of slot " + id;
            assertThat(machine.setMemslot(0, id, 0, 0, 0, 0, 0)).isZero();
            written[id] = null;
        } else {
            what = "move of slot " + id;
            set(slot, base, slot.flags());
        }
    }

    private int set(Memslot slot, long base, int flags) {
        return machine.setMemslot(
                0, slot.id(), base, slot.pages(), flags, slot.backing().id(), slot.backingPage());
    }

    private void changeFlags() {
        Memslot slot = machine.core().memslots.byId(0, random.nextInt(SLOTS));
        if (slot != null) {
            what = "log of slot " + slot.id() + " on or off";
            assertThat(set(slot, slot.baseGfn(), slot.flags() ^ Memslot.LOG_DIRTY))
                    .isZero();
            written[slot.id()] = slot.logsDirty() ? null : new BitSet();
        }
    }

    private void changeQuota() {
        long pages = 60 + random.nextLong(80);
        what = "quota " + pages;
        assertThat(machine.setQuota(pages)).isEqualTo(pages < 64 ? 22 : 0);
    }

    private void readOrClearLog() {
        int id = random.nextInt(SLOTS);
        what = "log of slot " + id;
        long[] bitmap = machine.dirtyLog(0, id);
        BitSet model = written[id];
        assertThat(bitmap == null).isEqualTo(model == null);
        if (bitmap == null || model == null) {
            return;
        }
        BitSet missing = (BitSet) model.clone();
        missing.andNot(BitSet.valueOf(bitmap));
        assertThat(missing.cardinality())
                .as("written pages that the log does not show")
                .isZero();
        if (!options.dirtyManualProtect()) {
            model.clear();
            return;
        }
        long pages = machine.core().memslots.byId(0, id).pages();
        long first = random.nextLong(pages) & -64;
        long count = random.nextBoolean() ? pages - first : Math.min(64, pages - first);
        assertThat(machine.clearDirtyLog(0, id, first, count)).isZero();
        model.clear((int) first, (int) (first + count));
    }

    // ---- the host --------------------------------------------------------------------------------------------------

    private void hostTakesPages() {
        int backing = random.nextInt(BACKINGS);
        long first = random.nextLong(HOST_PAGES);
        long count = Math.min(HOST_PAGES - first, 1L << random.nextInt(11));
        if (random.nextBoolean()) {
            first &= -0x200;
            count = 0x200;
        }
        what = "host takes pages 0x" + Long.toHexString(first) + " +" + count + " of " + backing;
        var memory = machine.host().backing(backing);
        machine.host().discard(memory, first, count);
        for (long page = first; page < first + count; page += 1 + random.nextInt(4)) {
            if (random.nextBoolean()) {
                machine.host().faultIn(memory, page, random.nextInt(3) != 0);
            }
        }
    }
}
