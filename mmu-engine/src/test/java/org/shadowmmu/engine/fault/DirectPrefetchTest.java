package org.shadowmmu.engine.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vm.AccessResult;

/** The neighbours that a fault maps (PR-1 to PR-5). */
class DirectPrefetchTest {
    private final TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    /** The frames that a read maps, the read one first. */
    private List<String> mappedBy(long gfn) {
        machine.events.clear();
        machine.read(gfn);
        return machine.events.take("set").stream()
                .map(line -> line.split(" ")[1])
                .toList();
    }

    /** Makes the host pages absent. */
    private void absent(int backing, long... pages) {
        for (long page : pages) {
            machine.discard(backing, page, 1);
        }
    }

    /** PR-1, PR-5: aligned groups of 8, to the end. */
    @Test
    void theWindowIsTheAlignedGroupOfEight() {
        machine.slot(0, 0, 0x100);

        assertThat(mappedBy(0x13)).containsExactly("13", "10", "11", "12", "14", "15", "16", "17");
        assertThat(mappedBy(0x18)).containsExactly("18", "19", "1a", "1b", "1c", "1d", "1e", "1f");
        assertThat(mappedBy(0x2f)).containsExactly("2f", "28", "29", "2a", "2b", "2c", "2d", "2e");
    }

    /** PR-2: mapped entries separate runs, and nothing is mapped twice. */
    @Test
    void mappedNeighboursAreLeftAlone() {
        int backing = machine.slot(0, 0, 0x100);
        machine.read(0x13);
        for (long page : new long[] {0x11, 0x12, 0x15, 0x17}) {
            absent(backing, page);
            machine.vm.host().faultIn(machine.backing(backing), page, true);
        }

        assertThat(mappedBy(0x15)).containsExactly("15", "11", "12", "17");
    }

    /** PR-3: a run beyond the slot ends the prefetch; the run before it is mapped. */
    @Test
    void runThatLeavesTheSlotEndsThePrefetch() {
        machine.slot(0, 0, 0x15);

        assertThat(mappedBy(0x11)).containsExactly("11", "10");
        assertThat(mappedBy(0x14)).containsExactly("14", "12", "13");
    }

    /** PR-3: the slot is that of the first frame of the run. */
    @Test
    void runAcrossTwoSlotsEndsThePrefetch() {
        machine.slot(0, 0, 0x14);
        machine.slot(1, 0x14, 0x100);

        assertThat(mappedBy(0x16)).as("10 to 15 do not fit in slot 0").containsExactly("16");
        assertThat(mappedBy(0x13))
                .as("and both runs around 16 fit")
                .containsExactly("13", "10", "11", "12", "14", "15", "17");
    }

    /** PR-3: a run that starts outside all slots ends the prefetch. */
    @Test
    void runThatStartsInAHoleEndsThePrefetch() {
        machine.slot(0, 0x12, 0x100);

        assertThat(mappedBy(0x15)).containsExactly("15");
    }

    /** PR-3: the longest prefix that the host has present and writable; a shorter one does not end the prefetch. */
    @Test
    void aRunIsMappedUpToTheFirstAbsentPage() {
        int backing = machine.slot(0, 0, 0x100);
        absent(backing, 2);

        assertThat(mappedBy(4)).containsExactly("4", "0", "1", "5", "6", "7");
    }

    /** PR-3: not a single page ends the prefetch. */
    @Test
    void aRunWithoutPagesEndsThePrefetch() {
        int backing = machine.slot(0, 0, 0x100);
        absent(backing, 0);

        assertThat(mappedBy(4)).containsExactly("4");
        assertThat(machine.backing(backing).mapped(0))
                .as("no host page is faulted in")
                .isFalse();
    }

    /** PR-3, RC-24b: zero pages are present but not writable. */
    @Test
    void zeroPagesAreNotPrefetched() {
        int backing = machine.slot(0, 0, 0x100);
        absent(backing, 5);
        machine.vm.host().faultIn(machine.backing(backing), 5, false);

        assertThat(mappedBy(4)).containsExactly("4", "0", "1", "2", "3");
    }

    /** PR-3. */
    @Test
    void loggedAndReadOnlySlotsAreNotPrefetched() {
        machine.slot(0, 0, 0x100, Memslot.LOG_DIRTY, false);
        machine.slot(1, 0x100, 0x100, Memslot.READONLY, false);

        assertThat(mappedBy(4)).containsExactly("4");
        assertThat(mappedBy(0x104)).containsExactly("104");
    }

    /** PR-1: also after a fault that ends in emulation. */
    @Test
    void firstTouchOfAHoleMapsItsNeighbours() {
        machine.slot(0, 0, 0x17);
        machine.events.clear();

        assertThat(machine.read(0x17)).isEqualTo(AccessResult.MMIO);

        assertThat(machine.events.take("mark", "set"))
                .startsWith("mark 17 access 7 gen 2", "set 10 l1 e47")
                .hasSize(1 + 7);
    }

    /** PR-1: not after a fault that changed nothing. */
    @Test
    void spuriousFaultMapsNoNeighbours() {
        int backing = machine.slot(0, 0, 0x100);
        long write = Access.WRITE | Access.USER | Access.GUEST_FINAL;
        machine.read(4);
        machine.vm.vcpu(0).fault(0x4000, write);
        absent(backing, 6);
        machine.vm.host().faultIn(machine.backing(backing), 6, true);
        machine.events.clear();

        assertThat(machine.vm.vcpu(0).fault(0x4000, write)).isEqualTo(Outcome.SPURIOUS);

        assertThat(machine.events.take("set")).isEmpty();
        assertThat(machine.spte(6)).isZero();
    }

    /** PR-1. */
    @Test
    void hugePagesHaveNoNeighbours() {
        machine.slot(0, 0, 0x1000, 0, true);

        assertThat(mappedBy(0x234)).containsExactly("200");
    }

    /** PR-4: nobody touched them. */
    @Test
    void neighboursAreNotAccessed() {
        machine.slot(0, 0, 0x100);
        machine.write(4);

        assertThat(machine.pageFor(4).accessedEntries()).isOne();
        assertThat(machine.pageFor(4).presentEntries()).isEqualTo(8);
        assertThat(machine.stat(Counter.PF_FIXED)).isOne();
    }
}
