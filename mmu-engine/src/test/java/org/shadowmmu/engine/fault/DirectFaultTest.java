package org.shadowmmu.engine.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vm.AccessResult;
import org.shadowmmu.engine.vm.MmuException;

/** Page faults with two-dimensional paging (PF-1 to PF-25, ST-10, ST-20 to ST-24). */
class DirectFaultTest {
    private final TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    /** PF-25: the tree is built after the event that names the frame. */
    @Test
    void firstFaultBuildsTheTreeFromTheRoot() {
        machine.slot(0, 0, 0x1000);

        assertThat(machine.read(5)).isEqualTo(AccessResult.FAULT);

        assertThat(machine.events.take())
                .containsExactly(
                        "get 0 l4 new",
                        "fault 5000 error 100000004",
                        "requested 5 l1",
                        "get 0 l3 new",
                        "get 0 l2 new",
                        "get 0 l1 new",
                        "set 5 l1 e67",
                        "set 0 l1 e47",
                        "set 1 l1 e47",
                        "set 2 l1 e47",
                        "set 3 l1 e47",
                        "set 4 l1 e47",
                        "set 6 l1 e47",
                        "set 7 l1 e47");
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(8);
        assertThat(machine.stat(Counter.MMU_CACHE_MISS)).isEqualTo(4);
        assertThat(machine.vm.usedPages()).isEqualTo(4);
        assertThat(machine.vm.mappedGuestPages()).isEqualTo(8);
    }

    @Test
    void whatIsMappedCausesNoEvent() {
        machine.slot(0, 0, 0x1000);
        machine.read(5);
        machine.events.clear();

        assertThat(machine.read(5)).isEqualTo(AccessResult.HIT);
        assertThat(machine.write(7)).isEqualTo(AccessResult.HIT);
        assertThat(machine.fetch(0)).isEqualTo(AccessResult.HIT);

        assertThat(machine.events.take()).isEmpty();
    }

    /** OV-8: A for every access; D is there already, for leaves are made dirty (ST-10.6). */
    @Test
    void theProcessorSetsTheAccessedBit() {
        machine.slot(0, 0, 0x1000);
        machine.read(5);
        assertThat(machine.spte(6) & Spte.ACCESSED).isZero();

        machine.read(6);

        assertThat(machine.spte(6) & ~Spte.ADDRESS).isEqualTo(0xe67);
    }

    /** PF-25: what exists on the way is used, and only the rest is made. */
    @Test
    void laterFaultsGrowTheTree() {
        machine.slot(0, 0, 0x80000);
        machine.read(5);
        machine.events.clear();

        machine.read(0x10);
        assertThat(machine.events.take("get", "requested")).containsExactly("requested 10 l1");
        machine.write(0x234);
        assertThat(machine.events.take("get", "requested")).containsExactly("requested 234 l1", "get 200 l1 new");
        machine.write(0x40000);
        assertThat(machine.events.take("get", "requested"))
                .containsExactly("requested 40000 l1", "get 40000 l2 new", "get 40000 l1 new");
    }

    /** VC-2: a host with 5 levels. */
    @Test
    void fiveLevelHostHasFiveLevelTree() {
        TestMachine five = TestMachine.with(MmuOptions.tdp().withHostLevels(5));
        five.slot(0, 0, 0x1000);

        five.read(5);

        assertThat(five.events.take("get"))
                .containsExactly("get 0 l5 new", "get 0 l4 new", "get 0 l3 new", "get 0 l2 new", "get 0 l1 new");
        five.audit();
    }

    /** PF-4. */
    @Test
    void faultsAreCountedByTheirOutcome() {
        machine.slot(0, 0, 0x1000);
        machine.slot(1, 0x2000, 0x10, Memslot.READONLY, false);
        machine.read(5);
        machine.read(0x50);
        assertThat(machine.stat(Counter.PF_TAKEN)).isEqualTo(2);
        assertThat(machine.stat(Counter.PF_FIXED)).isEqualTo(2);

        assertThat(machine.write(0x2000)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.stat(Counter.PF_TAKEN)).isEqualTo(3);
        assertThat(machine.stat(Counter.PF_EMULATE)).isOne();
    }

    /** PF-16, PF-18: a write to read-only memory maps nothing and leaves the machine. */
    @Test
    void writeToAReadOnlySlotMapsNothing() {
        machine.slot(0, 0, 0x100, Memslot.READONLY, false);

        assertThat(machine.write(5)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.events.take("requested", "set", "fault")).containsExactly("fault 5000 error 100000006");

        assertThat(machine.read(5)).isEqualTo(AccessResult.FAULT);
        assertThat(machine.events.take("set")).containsExactly("set 5 l1 825");
        assertThat(machine.write(5)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.stat(Counter.PF_TAKEN)).isEqualTo(3);
    }

    /** PF-16: a read fault maps a page writable if the host has it writable; the zero page is not. */
    @Test
    void absentHostPageIsReadAsZeroAndCopiedWhenWritten() {
        int backing = machine.slot(0, 0, 0x100);
        machine.discard(backing, 0, 0x100);
        machine.read(5);
        assertThat(machine.spte(5) & ~Spte.ADDRESS).isEqualTo(0x825);
        machine.events.clear();

        machine.write(5);

        assertThat(machine.events.take())
                .as("PF-22: the host took the zero page away during the fault, which starts again")
                .containsExactly(
                        "fault 5000 error 100000007",
                        "fast 5000 825 to 825 result 3",
                        "unmap 0 from 5000 length 1000",
                        "fault 5000 error 100000006",
                        "requested 5 l1",
                        "set 5 l1 e67");
        assertThat(machine.stat(Counter.PF_TAKEN)).isEqualTo(3);
        assertThat(machine.stat(Counter.PF_FIXED)).as("RETRY counts nothing").isEqualTo(2);
    }

    /**
     * ST-10.5, ST-10.6: a leaf that was writable stays so without a question and loses D; that is a change, which needs a
     * flush. The second time nothing changes.
     */
    @Test
    void installingTheSameLeafAgainLosesTheDirtyBitOnce() {
        machine.slot(0, 0, 0x1000);
        machine.read(5);
        machine.events.clear();
        long write = Access.WRITE | Access.USER | Access.GUEST_FINAL;

        assertThat(machine.vm.vcpu(0).fault(0x5000, write)).isEqualTo(Outcome.FIXED);
        assertThat(machine.events.take("set")).containsExactly("set 5 l1 e27");
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isOne();

        assertThat(machine.vm.vcpu(0).fault(0x5000, write)).isEqualTo(Outcome.SPURIOUS);
        assertThat(machine.events.take("set", "requested")).containsExactly("requested 5 l1");
        assertThat(machine.stat(Counter.PF_SPURIOUS)).isOne();
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isOne();
    }

    /** ZAP-43, PF-20. */
    @Test
    void withoutASlotThereIsNoShadowPage() {
        assertThatThrownBy(() -> machine.read(5))
                .isInstanceOf(MmuException.class)
                .hasMessageContaining("Not one shadow page is available");
    }
}
