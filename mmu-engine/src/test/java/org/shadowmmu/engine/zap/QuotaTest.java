package org.shadowmmu.engine.zap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.testing.TestMachine;

/** How many shadow pages a machine may have (ZAP-40 to ZAP-43, PF-20). */
class QuotaTest {
    private final TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    /** Touches the first page of many 2 MiB regions; each needs a page table of its own. */
    private void touchRegions(int from, int to) {
        for (int region = from; region < to; region++) {
            machine.read((long) region << 9);
        }
    }

    /** ZAP-40: 20 of 1000, but not fewer than 64. */
    @ParameterizedTest
    @CsvSource({"1, 64", "3249, 64", "3250, 65", "3299, 65", "3300, 66", "5120, 102", "262144, 5242"})
    void theDefaultQuotaFollowsFromTheMemory(long pages, long quota) {
        machine.slot(0, 0, pages);

        assertThat(machine.vm.quota()).isEqualTo(quota).isEqualTo(machine.vm.defaultQuota());
        assertThat(machine.vm.fixedQuota()).isZero();
    }

    /** ZAP-40: creation and deletion change it, a move does not. */
    @Test
    void theDefaultQuotaFollowsTheSlots() {
        machine.slot(0, 0, 5000);
        machine.slot(1, 0x10000, 5000);
        assertThat(machine.vm.quota()).isEqualTo(200);

        machine.vm.setMemslot(0, 1, 0x20000, 5000, 0, 1, 0);
        assertThat(machine.vm.quota()).isEqualTo(200);
        machine.delete(1);
        assertThat(machine.vm.quota()).isEqualTo(100);
        machine.delete(0);
        assertThat(machine.vm.quota()).isEqualTo(64);
    }

    /** ZAP-43. */
    @Test
    void withoutSlotsThereIsNoQuota() {
        assertThat(machine.vm.quota()).isZero();
    }

    /** ZAP-41. */
    @Test
    void theUsersQuotaStays() {
        machine.slot(0, 0, 5000);

        assertThat(machine.vm.setQuota(64)).isZero();
        machine.slot(1, 0x10000, 50000);
        machine.delete(0);

        assertThat(machine.vm.quota()).isEqualTo(64);
        assertThat(machine.vm.fixedQuota()).isEqualTo(64);
    }

    /** ZAP-41. */
    @Test
    void fewerThan64PagesAreRefused() {
        machine.slot(0, 0, 5000);

        assertThat(machine.vm.setQuota(63)).isEqualTo(22);
        assertThat(machine.vm.setQuota(-1)).isEqualTo(22);

        assertThat(machine.vm.quota()).isEqualTo(100);
        assertThat(machine.vm.fixedQuota()).isZero();
    }

    /** ZAP-42: what is above the new quota goes at once, with one flush. */
    @Test
    void smallerQuotaZapsAtOnce() {
        machine.slot(0, 0, 0x20000);
        touchRegions(0, 97);
        assertThat(machine.vm.usedPages()).isEqualTo(100);
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.vm.setQuota(70);

        assertThat(machine.vm.usedPages()).isEqualTo(70);
        assertThat(machine.vm.quota()).isEqualTo(70);
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isEqualTo(30);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
    }

    /** ZAP-42: a deletion shrinks the default quota below what is in use; its fast zap left hardly anything. */
    @Test
    void shrinkingTheMemoryShrinksTheQuota() {
        machine.slot(0, 0, 0x20000);
        machine.slot(1, 0x40000, 0x20000);
        touchRegions(0, 97);

        machine.delete(1);

        assertThat(machine.vm.usedPages()).as("the root in use").isOne();
        assertThat(machine.vm.quota()).isEqualTo(0x20000 / 50);
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isZero();
    }
}
