package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;

/** Creating, deleting, moving and changing memslots (MS-2, MS-3, MS-10 to MS-13, RC-21). */
class MemslotChangesTest {
    private static final int SLOT = 3;
    private static final int DIRTY = Memslot.LOG_DIRTY;
    private static final int RO = Memslot.READONLY;

    private final TestMachine machine = TestMachine.direct();
    private int backing;

    @BeforeEach
    void oneSlot() {
        backing = machine.backing(0x1000, false);
        assertThat(set(SLOT, 0x1000, 0x800, 0, backing, 0x100)).isZero();
        machine.slot(4, 0x4000, 0x100);
    }

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    private int set(int id, long gfn, long pages, int flags, int hostMemory, long hostPage) {
        return machine.vm.setMemslot(0, id, gfn, pages, flags, hostMemory, hostPage);
    }

    private long generation() {
        return machine.core.memslots.generation(0);
    }

    /** MS-2: 17 is EEXIST, 22 is EINVAL. Slot 3 has frames 0x1000 to 0x17ff, slot 4 frames 0x4000 to 0x40ff. */
    @ParameterizedTest
    @CsvSource({
        "5, 0x17ff, 1,     0, 0, 0,     17, a new slot that overlaps at the end",
        "5, 0xfff,  2,     0, 0, 0,     17, a new slot that overlaps at the start",
        "5, 0,      0x9000,0, 0, 0,     22, a new slot larger than its host memory",
        "5, 0,      0x10,  0, 0, 0xff1, 22, a new slot that begins near the end of its host memory",
        "5, 0,      0x10,  0, 7, 0,     22, a new slot on host memory that does not exist",
        "5, 0,      0x10,  4, 0, 0,     22, a new slot with an unknown flag",
        "5, 0,      0x10,  0, 0, -1,    22, a new slot before its host memory",
        "5, -1,     0x10,  0, 0, 0,     22, a negative frame",
        "5, 0,      -1,    0, 0, 0,     22, a negative size",
        "-1, 0,     0x10,  0, 0, 0,     22, a negative number",
        "5, 0,      0,     0, 0, 0,     22, deleting what does not exist",
        "3, 0x1000, 0x7ff, 0, 0, 0x100, 22, another size",
        "3, 0x1000, 0x800, 2, 0, 0x100, 22, read-only from now on",
        "3, 0x1000, 0x800, 0, 0, 0x101, 22, another place in the host memory",
        "3, 0x1000, 0x800, 0, 1, 0x100, 22, other host memory",
        "3, 0x3801, 0x800, 0, 0, 0x100, 17, a move onto another slot",
        "3, 0x3801, 0x800, 2, 0, 0x100, 22, a move that makes read-only",
    })
    void illegalChangesAreRefusedAndChangeNothing(
            int id, String gfn, String pages, int flags, int hostMemory, String hostPage, int errno, String what) {
        machine.read(0x1010);
        machine.events.clear();
        long generation = generation();

        assertThat(set(id, Long.decode(gfn), Long.decode(pages), flags, hostMemory, Long.decode(hostPage)))
                .as(what)
                .isEqualTo(errno);

        assertThat(generation()).isEqualTo(generation);
        assertThat(machine.core.memslots.count(0)).isEqualTo(2);
        assertThat(machine.events.take()).isEmpty();
        assertThat(machine.read(0x1010)).isEqualTo(AccessResult.HIT);
    }

    @Test
    void thereAreTwoAddressSpaces() {
        assertThat(machine.vm.setMemslot(2, 0, 0, 0x10, 0, backing, 0)).isEqualTo(22);
        assertThat(machine.vm.setMemslot(-1, 0, 0, 0x10, 0, backing, 0)).isEqualTo(22);
        assertThat(machine.vm.setMemslot(1, SLOT, 0x1000, 0x10, 0, backing, 0)).isZero();
        assertThat(machine.core.memslots.generation(1)).isEqualTo(3);
    }

    /** RC-21: nothing at all. */
    @Test
    void sameValuesChangeNothing() {
        machine.read(0x1010);
        machine.events.clear();
        long generation = generation();

        assertThat(set(SLOT, 0x1000, 0x800, 0, backing, 0x100)).isZero();

        assertThat(generation()).isEqualTo(generation);
        assertThat(machine.events.take()).isEmpty();
    }

    /** MS-3, MS-10. */
    @Test
    void everyKindOfChangeHasItsGenerations() {
        assertThat(generation()).isEqualTo(4);
        set(SLOT, 0x1000, 0x800, DIRTY, backing, 0x100);
        assertThat(generation()).as("flags").isEqualTo(6);
        set(SLOT, 0x2000, 0x800, DIRTY, backing, 0x100);
        assertThat(generation()).as("move").isEqualTo(10);
        machine.delete(SLOT);
        assertThat(generation()).as("delete").isEqualTo(14);
        set(SLOT, 0x2000, 0x800, 0, backing, 0x100);
        assertThat(generation()).as("create").isEqualTo(16);
    }

    /** MS-12: a creation zaps nothing. */
    @Test
    void creationKeepsEveryMapping() {
        machine.read(0x1010);
        machine.events.clear();

        machine.slot(9, 0x9000, 0x10);

        assertThat(machine.events.take()).isEmpty();
        assertThat(machine.read(0x1010)).isEqualTo(AccessResult.HIT);
    }

    /** MS-10. */
    @Test
    void deletedMemoryIsGone() {
        machine.read(0x1010);

        machine.delete(SLOT);

        assertThat(machine.read(0x1010)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.core.memslots.byId(0, SLOT)).isNull();
    }

    /** MS-2, MS-10. */
    @Test
    void aMoveOntoItselfIsLegal() {
        machine.read(0x1010);

        assertThat(set(SLOT, 0x1100, 0x800, 0, backing, 0x100)).isZero();

        assertThat(machine.read(0x1010)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.read(0x1110)).isEqualTo(AccessResult.FAULT);
        assertThat(machine.vm.vcpu(0).walkedPfn())
                .isEqualTo(machine.backing(backing).pfn(0x110));
    }

    /** MS-13: a read-only slot that starts logging protects nothing, for nothing is writable. */
    @Test
    void readOnlySlotMayLog() {
        machine.slot(9, 0x9000, 0x10, RO, false);
        machine.read(0x9001);
        long flushes = machine.stat(org.shadowmmu.engine.event.Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.flags(9, RO | DIRTY);

        assertThat(machine.stat(org.shadowmmu.engine.event.Counter.REMOTE_TLB_FLUSH_REQUESTS))
                .isEqualTo(flushes);
        assertThat(machine.vm.dirtyLog(0, 9)).containsOnly(0);
    }

    /** The hook speaks before anything happens, and the scope is asked for deletions and moves only. */
    @Test
    void policiesHearOfEveryChange() {
        List<String> heard = new ArrayList<>();
        TestMachine told = new TestMachine(
                MmuOptions.tdp(), 1, TestPolicy.runtime(Decision.MEMSLOT_ZAP, context -> new Listener(heard)));
        told.slot(1, 0x100, 0x10);
        told.flags(1, DIRTY);
        told.vm.setMemslot(0, 1, 0x200, 0x10, DIRTY, 0, 0);
        told.delete(1);

        assertThat(heard)
                .containsExactly(
                        "CREATE at 256",
                        "FLAGS_ONLY at 256",
                        "MOVE at 256",
                        "scope of MOVE",
                        "DELETE at 512",
                        "scope of DELETE");
    }

    private record Listener(List<String> heard) implements MmuPolicy, MemslotZap {
        @Override
        public void slotChanging(MemslotChange change) {
            heard.add(change.kind() + " at " + change.baseGfn());
        }

        @Override
        public MemslotZapScope scope(MemslotChange change) {
            heard.add("scope of " + change.kind());
            return MemslotZapScope.EVERYTHING;
        }
    }
}
