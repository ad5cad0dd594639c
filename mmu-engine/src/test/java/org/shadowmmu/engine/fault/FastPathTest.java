package org.shadowmmu.engine.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;

/** Faults that need no lock (PF-40 to PF-42). */
class FastPathTest {
    private static final long WRITE = Access.PRESENT | Access.WRITE | Access.USER | Access.GUEST_FINAL;

    private TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    /** PF-41: the log write-protected the page; the MMU has nothing against writing. */
    @Test
    void writeToALoggedPageIsFixedAtOnce() {
        machine.slot(0, 0, 0x100);
        machine.read(5);
        machine.flags(0, Memslot.LOG_DIRTY);
        machine.events.clear();

        machine.write(5);

        assertThat(machine.events.take())
                .containsExactly("fault 5000 error 100000007", "fast 5000 e65 to e67 result 4");
        assertThat(machine.stat(Counter.PF_FAST)).isOne();
        assertThat(machine.stat(Counter.PF_FIXED)).isEqualTo(2);
        assertThat(machine.slot(0).dirtyWord(0)).isEqualTo(1 << 5);
    }

    /** PF-41: another virtual CPU was faster. */
    @Test
    void accessThatIsAllowedByNowIsSpurious() {
        machine.slot(0, 0, 0x100);
        machine.read(5);
        machine.events.clear();

        assertThat(machine.vm.vcpu(0).fault(0x5000, WRITE)).isEqualTo(Outcome.SPURIOUS);

        assertThat(machine.events.take())
                .contains("fast 5000 e67 to e67 result 5")
                .hasSize(2);
        assertThat(machine.stat(Counter.PF_SPURIOUS)).isOne();
        assertThat(machine.stat(Counter.PF_FAST)).isOne();
    }

    /** PF-41: the event is there although the path gives up. */
    @Test
    void nothingMappedByNowIsLeftToTheSlowPath() {
        int backing = machine.slot(0, 0, 0x100);
        machine.read(5);
        machine.discard(backing, 5, 1);
        machine.vm.host().faultIn(machine.backing(backing), 5, true);
        machine.events.clear();

        assertThat(machine.vm.vcpu(0).fault(0x5000, WRITE)).isEqualTo(Outcome.FIXED);

        assertThat(machine.events.take())
                .startsWith("fault 5000 error 100000007", "fast 5000 0 to 0 result 3", "requested 5 l1");
        assertThat(machine.stat(Counter.PF_FAST)).isZero();
    }

    /** PF-41, DL-7: a huge leaf must be split, so the fast path does not touch it. */
    @Test
    void loggedHugePageIsLeftToTheSlowPath() {
        machine.slot(0, 0, 0x400, 0, true);
        machine.read(0x10);
        machine.flags(0, Memslot.LOG_DIRTY);
        machine.events.clear();

        machine.write(0x10);

        assertThat(machine.events.take())
                .containsExactly(
                        "fault 10000 error 100000007",
                        "fast 10000 ee5 to ee5 result 3",
                        "requested 10 l1",
                        "get 0 l1 new",
                        "set 10 l1 e67");
        assertThat(machine.stat(Counter.PAGES_2M)).isZero();
    }

    /** PF-40: nothing present, or no write. */
    @Test
    void otherFaultsAreNotConsidered() {
        machine = TestMachine.with(MmuOptions.tdp().withNxHugePages(true));
        machine.slot(0, 0, 0x400, 0, true);
        machine.read(0x10);
        machine.fetch(0x10);
        machine.write(0x210);

        assertThat(machine.events.take("fault", "fast"))
                .containsExactly(
                        "fault 10000 error 100000004", "fault 10000 error 100000015", "fault 210000 error 100000006");
    }

    /** PF-41: a write that would still not be allowed. */
    @Test
    void writeToReadOnlyHostMemoryIsLeftToTheSlowPath() {
        machine.slot(0, 0, 0x100, Memslot.READONLY, false);
        machine.read(5);
        machine.events.clear();

        machine.write(5);

        assertThat(machine.events.take())
                .containsExactly("fault 5000 error 100000007", "fast 5000 825 to 825 result 3");
    }
}
