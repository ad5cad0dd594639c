package org.shadowmmu.lab.machine;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.GuestMemory;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.vcpu.VcpuState;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.recording.KernelEra;
import org.shadowmmu.lab.recording.MemoryWords;
import org.shadowmmu.lab.recording.OpKey;
import org.shadowmmu.lab.recording.RecordedOp;
import org.shadowmmu.lab.recording.RecordingHeader;

/** The user-space program above KVM: sets the virtual machine up and carries out what needs no guest (RC-20 to RC-25). */
final class Vmm {
    /** The quirk by which deleting a memslot zaps everything; Linux 6.12 can disable it. */
    static final long QUIRK_SLOT_ZAP_ALL = 0x80;

    private static final int PAGE_SHIFT = 12;
    private static final long PAGE = 1L << PAGE_SHIFT;

    private final RecordingHeader header;
    private final VirtualMachine machine;
    private final ResultText result;

    Vmm(RecordingHeader header, VirtualMachine machine, ResultText result) {
        this.header = header;
        this.machine = machine;
        this.result = result;
    }

    /** Backings, memslots, memory, quota, registers, in this order (RC-20). */
    void setUp() {
        for (RecordingHeader.Backing backing : header.backings()) {
            Backing made = machine.host().addBacking(backing.id(), backing.size() >> PAGE_SHIFT, backing.huge());
            made.setPattern(pattern());
        }
        for (RecordingHeader.Slot slot : header.slots()) {
            machine.setMemslot(
                    0,
                    slot.id(),
                    slot.gpa() >> PAGE_SHIFT,
                    slot.size() >> PAGE_SHIFT,
                    slot.flags(),
                    slot.backing(),
                    slot.backingOffset() >> PAGE_SHIFT);
        }
        fillMemory();
        boolean reportsQuota = header.era() == KernelEra.LINUX_6_1;
        result.part("ok");
        if (reportsQuota && header.disabledQuirks() != 0) {
            result.part("quirks-errno=22");
        }
        result.part("default-nr-mmu-pages=").decimal(reportsQuota ? machine.quota() : -1);
        if (header.quota() != 0) {
            machine.setQuota(header.quota());
        }
        result.part("nr-mmu-pages=").decimal(reportsQuota ? machine.quota() : -1);
        result.part("maxphyaddr=40");
        RecordingHeader.Sregs sregs = header.sregs();
        for (int i = 0; i < machine.vcpus(); i++) {
            machine.vcpu(i)
                    .registers()
                    .setAll(machine.vcpu(i).state(), sregs.cr0(), sregs.cr3(), sregs.cr4(), sregs.efer());
        }
    }

    private long[] pattern() {
        long[] words = new long[512];
        RecordingHeader.FillCode code = header.fillCode();
        if (code != null) {
            byte[] bytes = code.bytes();
            for (int i = 0; i < bytes.length; i++) {
                int at = code.offset() + i;
                words[at >> 3] = GuestMemory.merge(words[at >> 3], at, bytes[i] & 255, 1);
            }
        }
        return words;
    }

    private void fillMemory() {
        for (RecordingHeader.Range range : header.fills()) {
            for (long gpa = range.from(); gpa < range.to(); gpa += PAGE) {
                Memslot slot = slotAt(gpa);
                if (slot != null) {
                    slot.backing().fill(slot.hostPage(gpa >> PAGE_SHIFT));
                }
            }
        }
        MemoryWords words = header.memory();
        for (int i = 0; i < words.count(); i++) {
            poke(words.gpa(i), words.value(i), 8);
        }
    }

    private @Nullable Memslot slotAt(long gpa) {
        return machine.core().memslots.findUsable(0, gpa >> PAGE_SHIFT);
    }

    private void poke(long gpa, long value, int size) {
        Memslot slot = slotAt(gpa);
        if (slot == null) {
            return;
        }
        long page = slot.hostPage(gpa >> PAGE_SHIFT);
        machine.host().faultIn(slot.backing(), page, true);
        int word = (int) (gpa >> 3) & 511;
        slot.backing().write(page, word, GuestMemory.merge(slot.backing().read(page, word), gpa, value, size));
    }

    /** Carries out one operation. */
    void execute(RecordedOp op) {
        switch (op.kind()) {
            case SLOT ->
                resultOf(machine.setMemslot(
                        0,
                        op.id(),
                        op.gpa() >> PAGE_SHIFT,
                        op.size() >> PAGE_SHIFT,
                        op.flags(),
                        op.backing(),
                        op.boff() >> PAGE_SHIFT));
            case QUOTA -> {
                if (resultOf(machine.setQuota(op.n()))) {
                    result.part("max=").decimal(machine.quota());
                }
            }
            case DIRTYLOG -> readDirtyLog(op.id());
            case CLEARLOG -> resultOf(machine.clearDirtyLog(0, op.id(), op.first(), op.n()));
            case DONTNEED -> discard(op);
            case SREGS -> setRegisters(op);
            case POKE -> {
                poke(op.gpa(), op.val(), op.sz());
                result.part("ok");
            }
            case PEEK -> {
                faultIn(op.gpa());
                result.part("ok");
            }
            case MARK, DUMP -> result.part("ok");
            default -> throw new IllegalArgumentException(op.kind() + " is no operation of the VMM");
        }
    }

    private boolean resultOf(int errno) {
        if (errno == 0) {
            result.part("ok");
            return true;
        }
        result.part("errno=").decimal(errno);
        return false;
    }

    private void readDirtyLog(int slot) {
        long[] bitmap = machine.dirtyLog(0, slot);
        if (bitmap == null) {
            resultOf(2);
            return;
        }
        var line = result.part("ok rel-gfns=");
        int count = 0;
        for (int word = 0; word < bitmap.length; word++) {
            for (long rest = bitmap[word]; rest != 0; rest &= rest - 1) {
                if (count++ > 0) {
                    line.text(',');
                }
                line.bareHex(word * 64L + Long.numberOfTrailingZeros(rest));
            }
        }
        result.part("n=").decimal(count);
    }

    private void discard(RecordedOp op) {
        Backing backing = machine.host().backing(op.backing());
        long first = op.off() >> PAGE_SHIFT;
        long count = op.len() >> PAGE_SHIFT;
        machine.host().discard(backing, first, count);
        if (op.pop()) {
            for (long page = first; page < first + count; page++) {
                machine.host().faultIn(backing, page, true);
                backing.fill(page);
            }
        }
        result.part("ok");
    }

    private void setRegisters(RecordedOp op) {
        VcpuState state = machine.vcpu(op.vcpu()).state();
        machine.vcpu(op.vcpu())
                .registers()
                .setAll(
                        state,
                        op.has(OpKey.CR0) ? op.cr0() : state.cr0(),
                        op.has(OpKey.CR3) ? op.cr3() : state.cr3,
                        op.has(OpKey.CR4) ? op.cr4() : state.cr4(),
                        op.has(OpKey.EFER) ? op.efer() : state.efer());
        result.part("ok");
    }

    /** The program's own read of guest memory: the host backs the page, be it with zeros (RC-24a). */
    private void faultIn(long gpa) {
        Memslot slot = slotAt(gpa);
        if (slot != null) {
            machine.host().faultIn(slot.backing(), slot.hostPage(gpa >> PAGE_SHIFT), false);
        }
    }

    /** Whether the page at an address may hold anything but zeros. */
    boolean hasContents(long gpa) {
        Memslot slot = slotAt(gpa);
        return slot != null && slot.backing().hasContents(slot.hostPage(gpa >> PAGE_SHIFT));
    }

    /** Reads guest memory past KVM. */
    long peek(long gpa) {
        Memslot slot = slotAt(gpa);
        return slot == null ? 0 : slot.backing().read(slot.hostPage(gpa >> PAGE_SHIFT), (int) (gpa >> 3) & 511);
    }
}
