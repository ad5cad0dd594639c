package org.shadowmmu.engine.zap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vm.AccessResult;

/** How much a deleted or moved slot takes with it (MS-20 to MS-24). */
class SlotZapTest {
    private static TestMachine machine(MemslotZapScope scope) {
        TestMachine machine = new TestMachine(MmuOptions.tdp(), 1, TestPolicy.zapping(scope));
        machine.slot(0, 0, 0x200);
        machine.slot(1, 0x200, 0x200);
        machine.slot(2, 0x400, 0x400, 0, true);
        for (long gfn : new long[] {0x10, 0x210, 0x400, 0x600}) {
            machine.read(gfn);
        }
        machine.events.clear();
        return machine;
    }

    /** MS-23, MS-24: no new generation, no page zapped; what other slots map stays mapped. */
    @ParameterizedTest
    @EnumSource(
            value = MemslotZapScope.class,
            names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES"})
    void onlyTheLeavesOfTheSlotGo(MemslotZapScope scope) {
        TestMachine machine = machine(scope);
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.delete(1);

        assertThat(machine.events.take()).isEmpty();
        assertThat(machine.core.pages.generation()).isZero();
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(8);
        assertThat(machine.vm.usedPages()).isEqualTo(5);
        machine.audit();
        assertThat(machine.read(0x10)).isEqualTo(AccessResult.HIT);
        assertThat(machine.read(0x600)).isEqualTo(AccessResult.HIT);
        assertThat(machine.read(0x210)).isEqualTo(AccessResult.MMIO);
        machine.audit();
    }

    /** MS-22: direct pages whose table begins in the slot, too. */
    @Test
    void thePagesOfTheFramesOfTheSlotGo() {
        TestMachine machine = machine(MemslotZapScope.PAGES_OF_GFNS);

        machine.delete(1);

        assertThat(machine.events.take()).containsExactly("zap 200 l1");
        assertThat(machine.activePages()).containsExactly("0 l4", "0 l3", "0 l2", "0 l1");
        assertThat(machine.read(0x10)).isEqualTo(AccessResult.HIT);
        machine.audit();
    }

    /** MS-22, ZAP-7: frame 0 has pages of every level, newest first, the root in use among them. */
    @Test
    void theSlotOfFrame0TakesTheTreeWithIt() {
        TestMachine machine = machine(MemslotZapScope.PAGES_OF_GFNS);

        machine.delete(0);

        assertThat(machine.events.take()).containsExactly("zap 0 l1", "zap 0 l2", "zap 0 l3", "zap 0 l4 root 1");
        assertThat(machine.core.pages.generation()).isZero();
        machine.audit();

        machine.read(0x210);
        assertThat(machine.events.take("zap", "get"))
                .containsExactly(
                        "zap 0 l4 invalid", "get 0 l4 new", "get 0 l3 new", "get 0 l2 new", "get 200 l1 existing");
        machine.audit();
    }

    /** MN-10: huge leaves of the slot go as well. */
    @ParameterizedTest
    @EnumSource(
            value = MemslotZapScope.class,
            mode = Mode.EXCLUDE,
            names = {"EVERYTHING", "UPSTREAM"})
    void hugeLeavesGo(MemslotZapScope scope) {
        TestMachine machine = machine(scope);
        assertThat(machine.stat(Counter.PAGES_2M)).isEqualTo(2);

        machine.delete(2);

        assertThat(machine.stat(Counter.PAGES_2M)).isZero();
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(16);
        machine.audit();
    }

    /** ZAP-16: nothing was mapped, nothing is flushed. */
    @ParameterizedTest
    @EnumSource(
            value = MemslotZapScope.class,
            mode = Mode.EXCLUDE,
            names = {"EVERYTHING", "UPSTREAM"})
    void unusedSlotGoesWithoutAFlush(MemslotZapScope scope) {
        TestMachine machine = machine(scope);
        machine.slot(3, 0x5001, 0x10);
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.delete(3);

        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes);
        machine.audit();
    }

    /** MS-10: whatever the scope, a moved slot is found at its new place and nowhere else. */
    @ParameterizedTest
    @EnumSource
    void movedSlotIsMappedAtItsNewPlace(MemslotZapScope scope) {
        TestMachine machine = machine(scope);

        assertThat(machine.vm.setMemslot(0, 1, 0x2000, 0x200, 0, 1, 0)).isZero();
        machine.audit();

        assertThat(machine.read(0x210)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.read(0x2010)).isEqualTo(AccessResult.FAULT);
        assertThat(machine.vm.vcpu(0).walkedPfn()).isEqualTo(machine.backing(1).pfn(0x10));
        machine.audit();
    }

    /** MS-12: memory that comes back where it was is mapped anew. */
    @ParameterizedTest
    @EnumSource
    void slotThatComesBackIsMappedAnew(MemslotZapScope scope) {
        TestMachine machine = machine(scope);
        machine.delete(1);
        machine.read(0x210);
        assertThat(machine.vm.setMemslot(0, 1, 0x200, 0x200, 0, 2, 0x100)).isZero();

        assertThat(machine.read(0x210)).isEqualTo(AccessResult.FAULT);

        assertThat(machine.vm.vcpu(0).walkedPfn()).isEqualTo(machine.backing(2).pfn(0x110));
        machine.audit();
    }
}
