package org.shadowmmu.engine.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.AccessResult;

/** Accesses to frames without memory, and what is remembered of them (PF-60 to PF-64, ST-5, ST-21, MS-12). */
class MmioTest {
    private final TestMachine machine = new TestMachine(MmuOptions.tdp(), 2, PolicyRuntime.upstream());

    @BeforeEach
    void oneSlot() {
        machine.slot(0, 0, 0x100);
    }

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    /** PF-61. */
    @Test
    void firstTouchOfAHoleLeavesAnMmioEntry() {
        assertThat(machine.read(0x2000)).isEqualTo(AccessResult.MMIO);

        assertThat(machine.events.take("fault", "requested", "mark", "set"))
                .containsExactly("fault 2000000 error 100000004", "requested 2000 l1", "mark 2000 access 7 gen 2");
        assertThat(machine.spte(0x2000)).isEqualTo(Spte.mmio(0x2000, 7, 2));
        assertThat(machine.stat(Counter.PF_MMIO_SPTE_CREATED)).isOne();
        assertThat(machine.stat(Counter.PF_EMULATE)).isOne();
    }

    /** PF-60.1, PF-3: the cache of the virtual CPU answers; no event, no page-fault statistics. */
    @Test
    void theNextTouchIsAnsweredByTheCache() {
        machine.read(0x2000);
        machine.events.clear();

        assertThat(machine.write(0x2000)).isEqualTo(AccessResult.MMIO);

        assertThat(machine.events.take()).containsExactly("fault 2000000 error 10000000e");
        assertThat(machine.stat(Counter.PF_TAKEN)).isOne();
    }

    /** PF-60.2, PF-64: the cache has one entry; then the MMIO entry answers, and fills the cache. */
    @Test
    void withoutTheCacheTheEntryAnswers() {
        machine.read(0x2000);
        machine.read(0x3000);
        machine.events.clear();

        assertThat(machine.read(0x2000)).isEqualTo(AccessResult.MMIO);
        assertThat(machine.events.take())
                .containsExactly("fault 2000000 error 10000000c", "check gen 2 spte 2 valid", "handle 2000 access 6");
        machine.read(0x2000);
        assertThat(machine.events.take()).hasSize(1);
    }

    /** PF-64: each virtual CPU has its own. */
    @Test
    void anotherVirtualCpuDoesNotKnow() {
        machine.read(0x2000);
        machine.vm.vcpu(1).accessGpa(0x2000000, AccessKind.READ);

        assertThat(machine.events.take("check", "handle")).hasSize(2);
    }

    /** PF-64a: frame 0 never matches. */
    @Test
    void aHoleAtFrame0IsNeverCached() {
        machine.delete(0);
        machine.slot(1, 0x100, 0x100);
        machine.read(0);
        machine.events.clear();

        machine.read(0);
        machine.read(0);

        assertThat(machine.events.take("handle")).hasSize(2);
    }

    /** MS-12, PF-60: any change of the layout makes the entry stale, and the fault an ordinary one. */
    @Test
    void layoutChangeMakesTheEntryStale() {
        machine.read(0x2000);
        machine.slot(1, 0x5000, 0x10);
        machine.events.clear();

        assertThat(machine.read(0x2000)).isEqualTo(AccessResult.MMIO);

        assertThat(machine.events.take("check", "handle", "requested", "mark"))
                .containsExactly("check gen 4 spte 2 stale", "requested 2000 l1", "mark 2000 access 7 gen 4");
        assertThat(machine.stat(Counter.PF_MMIO_SPTE_CREATED)).isEqualTo(2);
    }

    /** MS-12, ST-10a: memory in the place of a hole; the old entry allowed writing, so D stays clear. */
    @Test
    void memoryInThePlaceOfAHoleIsFound() {
        machine.read(0x2000);
        machine.slot(1, 0x2000, 0x10);
        machine.events.clear();

        assertThat(machine.read(0x2000)).isEqualTo(AccessResult.FAULT);

        assertThat(machine.events.take("check", "requested", "set"))
                .startsWith("check gen 4 spte 2 stale", "requested 2000 l1", "set 2000 l1 e27", "set 2001 l1 e47");
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(8);
    }

    /** ST-31: zapping a page with MMIO entries only zeroes them. */
    @Test
    void zappedMmioEntriesAreNoLeaves() {
        machine.read(0x2000);
        machine.slot(1, 0x5000, 0x10);

        machine.delete(1);
        machine.read(0x2000);

        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(machine.events.take("mark")).containsExactly("mark 2000 access 7 gen 2", "mark 2000 access 7 gen 8");
    }
}
