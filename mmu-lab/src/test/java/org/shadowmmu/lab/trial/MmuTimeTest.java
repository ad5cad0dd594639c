package org.shadowmmu.lab.trial;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Kernel;
import org.shadowmmu.lab.experiment.Mode;

class MmuTimeTest {
    /** Only leaves have another price under the TDP MMU; a nested guest's shadow pages are looked for and linked as ever. */
    @ParameterizedTest
    @CsvSource({
        "LEAVES_ZAPPED_CLEAN, 88, 52",
        "LEAVES_ZAPPED_DIRTY, 88, 381",
        "RMAP_STEPS, 485, 485",
        "LIST_STEPS, 24, 24",
        "LIST_MOVES, 72, 72",
        "CHAIN_STEPS, 100, 100",
        "NESTED_EXITS, 5400, 5400",
        "ENTRIES_SYNCED, 5, 5",
        "ENTRIES_SCANNED, 0, 0"
    })
    void eachKindOfWorkHasOnePriceOnAHost(WorkCounter counter, long direct, long tdpMmu) {
        assertThat(price(Mode.DIRECT, counter)).isEqualTo(direct);
        assertThat(price(Mode.TDPMMU, counter)).isEqualTo(tdpMmu);
    }

    private static long price(Mode mode, WorkCounter counter) {
        EngineMachine machine = EngineMachine.create(
                new Host(mode, Kernel.LINUX_6_1, Backing.SMALL), PolicyAssignment.UPSTREAM, 1, 1, new PolicyWatch());
        long before = machine.mmuNanos();
        machine.machine().core().work.add(counter);
        return machine.mmuNanos() - before;
    }
}
