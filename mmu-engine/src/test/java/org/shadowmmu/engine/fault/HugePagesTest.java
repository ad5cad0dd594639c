package org.shadowmmu.engine.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vm.AccessResult;

/** The level at which a fault maps (PF-35 to PF-38). */
class HugePagesTest {
    private TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    private static TestMachine mitigated() {
        return TestMachine.with(MmuOptions.tdp().withNxHugePages(true));
    }

    @Test
    void aHugeHostPageIsMappedHuge() {
        machine.slot(0, 0, 0x400, 0, true);

        machine.read(0x2ab);

        assertThat(machine.events.take("requested", "get", "set"))
                .containsExactly("get 0 l4 new", "requested 2ab l2", "get 0 l3 new", "get 0 l2 new", "set 200 l2 ee7");
        assertThat(machine.stat(Counter.PAGES_2M)).isOne();
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(machine.vm.mappedGuestPages()).isEqualTo(512);
        assertThat(machine.write(0x3ff)).isEqualTo(AccessResult.HIT);
        assertThat(machine.vm.vcpu(0).walkedPfn()).isEqualTo(machine.backing(0).pfn(0x3ff));
    }

    /** PF-36. */
    @Test
    void smallHostPagesAreMappedSmall() {
        machine.slot(0, 0, 0x400);

        machine.read(0x2ab);

        assertThat(machine.events.take("requested")).containsExactly("requested 2ab l1");
    }

    /** PF-35, MS-5. */
    @Test
    void alignmentForbidsTheFirstAndLastBlock() {
        int backing = machine.backing(0x1000, true);
        machine.vm.setMemslot(0, 0, 0x100, 0x600, 0, backing, 0x100);

        machine.read(0x100);
        machine.read(0x300);
        machine.read(0x600);

        assertThat(machine.events.take("requested"))
                .containsExactly("requested 100 l1", "requested 300 l2", "requested 600 l1");
    }

    /** PF-35, MS-5: guest and host frames must be aligned to each other. */
    @Test
    void shiftedSlotHasNoHugePages() {
        int backing = machine.backing(0x1000, true);
        machine.vm.setMemslot(0, 0, 0x200, 0x600, 0, backing, 1);

        machine.read(0x400);

        assertThat(machine.events.take("requested")).containsExactly("requested 400 l1");
    }

    /** PF-35, SP-16: a guest table in the block forbids it, and only while it is shadowed. */
    @Test
    void shadowedGuestTableForbidsItsBlock() {
        machine.slot(0, 0, 0x400, 0, true);
        machine.slot(0).countTable(0x210, 1, 1);
        machine.read(0x2ab);
        machine.read(0xab);
        assertThat(machine.events.take("requested")).containsExactly("requested 2ab l1", "requested ab l2");
        machine.slot(0).countTable(0x210, 1, -1);
    }

    /** PF-35, DL-7. */
    @Test
    void loggedSlotIsMappedSmall() {
        machine.slot(0, 0, 0x400, Memslot.LOG_DIRTY, true);

        machine.read(0x2ab);

        assertThat(machine.events.take("requested")).containsExactly("requested 2ab l1");
    }

    /** RC-24b: the huge zero page is mapped huge and read-only; a write takes it away and comes back small. */
    @Test
    void hugeZeroPageIsReplacedBySmallPagesWhenWritten() {
        int backing = machine.slot(0, 0, 0x400, 0, true);
        machine.discard(backing, 0, 0x400);
        machine.read(0x10);
        assertThat(machine.events.take("set")).containsExactly("set 0 l2 8a5");

        machine.write(0x10);

        assertThat(machine.events.take())
                .containsExactly(
                        "fault 10000 error 100000007",
                        "fast 10000 8a5 to 8a5 result 3",
                        "unmap 0 from 0 length 200000",
                        "unmap 0 from 10000 length 1000",
                        "fault 10000 error 100000006",
                        "requested 10 l1",
                        "get 0 l1 new",
                        "set 10 l1 e67");
        assertThat(machine.stat(Counter.PAGES_2M)).isZero();
        assertThat(machine.stat(Counter.PAGES_4K))
                .as("the neighbours are zero pages")
                .isOne();
    }

    /** PF-35, PF-37, SP-22: with the mitigation a fetch splits a huge page, whose leaf is not executable. */
    @Test
    void withTheMitigationAFetchSplitsAHugePage() {
        machine = mitigated();
        machine.slot(0, 0, 0x400, 0, true);
        machine.read(0x10);
        assertThat(machine.spte(0x10) & ~Spte.ADDRESS).isEqualTo(0xee7 | Spte.NX);
        machine.events.clear();
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.fetch(0x10);

        assertThat(machine.events.take("fault", "fast", "requested", "get", "set"))
                .startsWith("fault 10000 error 100000015", "requested 10 l1", "get 0 l1 new", "set 10 l1 e67")
                .hasSize(3 + 8);
        assertThat(machine.stat(Counter.NX_LPAGE_SPLITS)).isOne();
        assertThat(machine.stat(Counter.PAGES_2M)).isZero();
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
    }

    /** PF-37: a split block stays split, although the fault asks for a huge page. */
    @Test
    void aSplitBlockIsFilledWithSmallPages() {
        machine = mitigated();
        machine.slot(0, 0, 0x400, 0, true);
        machine.fetch(0x10);
        machine.events.clear();

        machine.read(0x100);

        assertThat(machine.events.take("requested", "get", "set"))
                .startsWith("requested 100 l2", "set 100 l1 e67")
                .hasSize(1 + 8);
        assertThat(machine.stat(Counter.NX_LPAGE_SPLITS)).isOne();
    }

    /** PF-37: 6.1 goes below any table that lies there; 6.12 only below one that a fetch made, counted or not. */
    @ParameterizedTest
    @CsvSource({
        "false, true,  1, a fetch made it while no huge page was possible",
        "true,  true,  1, a fetch made it",
        "false, false, 1, 6.1 keeps any",
        "true,  false, 2, a read made it",
    })
    void tablesOfALoggedSlot(boolean linux612, boolean fetched, int level, String what) {
        machine = TestMachine.with(
                MmuOptions.tdp().withNxHugePages(true).withEra(linux612 ? Era.LINUX_6_12 : Era.LINUX_6_1));
        machine.slot(0, 0, 0x400, Memslot.LOG_DIRTY, true);
        if (fetched) {
            machine.fetch(0x10);
        } else {
            machine.read(0x10);
        }
        assertThat(machine.stat(Counter.NX_LPAGE_SPLITS)).isZero();
        machine.flags(0, 0);

        machine.read(0x100);

        assertThat(machine.pageFor(0x100).level()).as(what).isEqualTo(level);
    }

    /** ZAP-1.8. */
    @Test
    void aZappedPageNoLongerCountsAsSplit() {
        machine = mitigated();
        machine.slot(0, 0, 0x400, 0, true);
        machine.slot(1, 0x1000, 0x10);
        machine.fetch(0x10);

        machine.delete(1);

        assertThat(machine.stat(Counter.NX_LPAGE_SPLITS)).isZero();
    }

    /** PF-37: no huge page was possible, so none was split. */
    @Test
    void fetchFromSmallHostPagesIsNoSplit() {
        machine = mitigated();
        machine.slot(0, 0, 0x400);

        machine.fetch(0x10);

        assertThat(machine.stat(Counter.NX_LPAGE_SPLITS)).isZero();
        assertThat(machine.spte(0x10) & Spte.NX).isZero();
    }
}
