package org.shadowmmu.lab.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.reproduce.RecordedBoots.Memory;
import org.shadowmmu.lab.workload.StreamCatalog;

/**
 * Violations of recorded boots against the estimate of a script that knows nothing of the engine
 * ({@code data/streams/README.md}). It maps each page when it is touched, as the TDP MMU does on memory that is present;
 * where a page outside every slot is touched again, it sees memory and the engine sees a device.
 */
class RecordedBootsTest {
    private static final Workers WORKERS = new Workers(1);

    private final Bench bench = Benches.on(WORKERS);
    private final RecordedBoots boots = new RecordedBoots(new StreamCatalog(List.of(Project.root())));

    @AfterAll
    static void noMoreWork() {
        WORKERS.close();
    }

    private long violations(String stream, MmuOptions options, Memory memory) {
        return boots.replay(bench, stream, options, memory).counters().get(Counter.PF_TAKEN);
    }

    @ParameterizedTest
    @CsvSource({
        "boot-6g-debian-pc, PRESENT_SMALL, 145783, 134245",
        "boot-6g-debian-pc, PRESENT_HUGE, 2296, 1963",
        "boot-6g-debian-q35, PRESENT_SMALL, 146118, 134562",
        "boot-6g-debian-q35, PRESENT_HUGE, 2298, 1964",
        "boot-1g, PRESENT_SMALL, 40432, 31762",
        "boot-1g, PRESENT_HUGE, 923, 725",
        "rom-1g, PRESENT_SMALL, 312536, 64884",
        "rom-1g, PRESENT_HUGE, 29071, 4020"
    })
    void violationsAreThoseOfTheScript(String stream, Memory memory, long everything, long slotOnly) {
        MmuOptions options = MmuOptions.withTdpMmu();

        assertThat(violations(stream, options, memory)).isEqualTo(everything);
        assertThat(violations(stream, options.withTargetedSlotZap(true), memory))
                .isEqualTo(slotOnly + boots.repeatedFaultsOutsideMemory(bench, stream));
    }
}
