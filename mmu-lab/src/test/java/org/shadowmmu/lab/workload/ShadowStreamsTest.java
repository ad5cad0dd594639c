package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Kernel;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.trial.ShadowEngineMachine;

/**
 * Whole guests under shadow paging: every recorded access must reach the recorded page without a guest fault that was not
 * recorded, the tables in memory must always be those of the recording, and every invariant holds all the while.
 */
class ShadowStreamsTest {
    /** An audit looks at every reverse map, so not after every window. */
    private static final int WINDOWS_PER_AUDIT = 100;

    private static final Host HOST = new Host(Mode.SHADOW, Kernel.LINUX_6_1, Backing.SMALL);

    private final ShadowEngineMachine machine =
            ShadowEngineMachine.create(HOST, PolicyAssignment.UPSTREAM, 1, 0, new PolicyWatch());
    private final Audit audit = new Audit(machine.machine());
    private int windows;

    private static Path file(String stream) {
        return Project.root().resolve("data/streams/" + stream + ".gpas.gz");
    }

    private ShadowReplay replay(ShadowMachine driven, String stream, long quota, boolean huge) {
        ShadowReplay replay =
                new ShadowReplay(driven, StreamSurveyor.survey(file(stream)), huge, Region.WHOLE, count -> {});
        if (quota > 0) {
            assertThat(machine.setQuota(quota)).isZero();
        }
        replay.whenWindowEnds(() -> {
            if (++windows % WINDOWS_PER_AUDIT == 0) {
                assertThat(audit.check()).isEmpty();
            }
        });
        return replay;
    }

    private ShadowTotals run(String stream, long quota, boolean huge) {
        ShadowReplay replay = replay(machine, stream, quota, huge);
        replay.run(new StreamFile(file(stream)));
        assertThat(audit.check()).isEmpty();
        assertThat(replay.totals().peakUsed()).isLessThanOrEqualTo(machine.quota());
        return replay.shadowTotals();
    }

    @Test
    void linuxBootsUnderShadowPaging() {
        ShadowTotals totals = run("boot-1g-gva", 0, false);
        assertThat(totals.faithful()).isTrue();
        assertThat(totals.unmappedEntries())
                .as("every entry was stored by the guest")
                .isZero();
        assertThat(totals.blindInvalidations()).isLessThan(totals.invalidations() / 100);
        assertThat(machine.counters().get(Counter.MMU_UNSYNC)).isPositive();
        assertThat(machine.counters().get(Counter.MMU_PTE_WRITE)).isPositive();
        assertThat(machine.reclaimed()).isZero();
    }

    @Test
    void processesRunWithSixtyFourShadowPages() {
        assertThat(run("procs-1g-gva", 64, false).faithful()).isTrue();
        assertThat(machine.reclaimed()).isGreaterThan(10_000);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "boot-1g-gva, 512, false",
        "boot-1g-gva, 64, false",
        "boot-1g-gva, 0, true",
        "boot-1g-gva, 64, true",
        "procs-1g-gva, 0, false",
        "procs-1g-gva, 512, false",
        "procs-1g-gva, 0, true",
        "procs-1g-gva, 64, true",
    })
    void everyQuotaAndBackingIsFaithful(String stream, long quota, boolean huge) {
        assertThat(run(stream, quota, huge).faithful()).isTrue();
    }

    /** That the replay can tell: a hypervisor that ignores INVLPG leads the guest to wrong pages. */
    @Test
    void aReplayWithoutInvlpgGoesAstray() {
        ShadowMachine deaf = new PassingMachine(machine) {
            @Override
            public void invalidate(int vcpu, long address) {}
        };
        ShadowReplay replay = replay(deaf, "boot-1g-gva", 0, false);
        assertThatThrownBy(() -> replay.run(new StreamFile(file("boot-1g-gva"))))
                .isInstanceOf(ReplayException.class);
        assertThat(replay.shadowTotals().wrongPages()).isGreaterThan(100);
        assertThat(replay.shadowTotals().wrongTables()).isZero();
    }
}
