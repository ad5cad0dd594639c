package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.testing.TestMachine;

/** The host takes memory away (MN-1, MN-10). */
class NotifierTest {
    private final TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    private long flushes() {
        return machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
    }

    @Test
    void leavesOfTheRangeGoWithOneFlush() {
        int backing = machine.slot(0, 0, 0x100);
        machine.read(4);
        machine.read(0xc);
        machine.events.clear();
        long before = flushes();

        machine.discard(backing, 2, 4);

        assertThat(machine.events.take()).containsExactly("unmap 0 from 2000 length 4000");
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(12);
        assertThat(flushes()).isEqualTo(before + 1);
        assertThat(machine.vm.usedPages()).as("pages stay").isEqualTo(4);
    }

    /** MN-1: the event is there, the flush is not. */
    @Test
    void nothingMappedMeansNoFlush() {
        int backing = machine.slot(0, 0, 0x100);
        machine.read(4);
        machine.events.clear();
        long before = flushes();

        machine.discard(backing, 0x80, 0x10);

        assertThat(machine.events.take()).containsExactly("unmap 0 from 80000 length 10000");
        assertThat(flushes()).isEqualTo(before);
    }

    @Test
    void hostMemoryOutsideAllSlotsConcernsNobody() {
        machine.slot(0, 0, 0x100);
        machine.read(4);
        int other = machine.backing(0x100, false);
        machine.discard(other, 0, 0x100);

        assertThat(machine.read(4)).isEqualTo(AccessResult.HIT);
    }

    /** MN-10: a huge leaf goes as soon as one of its pages goes. */
    @Test
    void hugeLeafGoesWhole() {
        int backing = machine.slot(0, 0, 0x400, 0, true);
        machine.read(4);
        machine.read(0x204);

        machine.discard(backing, 0x210, 1);

        assertThat(machine.stat(Counter.PAGES_2M)).isOne();
        assertThat(machine.read(4)).isEqualTo(AccessResult.HIT);
        machine.events.clear();
        machine.read(0x204);
        assertThat(machine.events.take("requested")).as("the host split it").containsExactly("requested 204 l1");
    }

    /** MN-1: every slot that maps the memory. */
    @Test
    void allSlotsOnTheMemoryLoseIt() {
        int backing = machine.backing(0x100, false);
        machine.vm.setMemslot(0, 0, 0x1000, 0x80, 0, backing, 0x40);
        machine.vm.setMemslot(0, 1, 0x2000, 0x40, Memslot.READONLY, backing, 0x60);
        machine.vm.setMemslot(1, 0, 0x1000, 0x80, 0, backing, 0);
        machine.read(0x1020);
        machine.read(0x1028);
        machine.read(0x2000);
        long before = flushes();

        machine.discard(backing, 0x60, 1);

        assertThat(machine.spte(0x1020)).isZero();
        assertThat(machine.spte(0x2000)).isZero();
        assertThat(machine.spte(0x1021)).isNotZero();
        assertThat(flushes()).isEqualTo(before + 1);
    }

    /** PF-22: what the host takes away during a fault is not installed. */
    @Test
    void faultThatMakesTheHostMovePagesStartsAgain() {
        int backing = machine.slot(0, 0, 0x100);
        machine.discard(backing, 0, 0x100);
        machine.read(4);
        long taken = machine.stat(Counter.PF_TAKEN);

        machine.write(4);

        assertThat(machine.stat(Counter.PF_TAKEN)).isEqualTo(taken + 2);
        assertThat(machine.vm.vcpu(0).walkedPfn())
                .isEqualTo(machine.backing(backing).pfn(4));
    }
}
