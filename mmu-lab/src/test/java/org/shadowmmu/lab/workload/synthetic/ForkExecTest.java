package org.shadowmmu.lab.workload.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Kernel;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.trial.ShadowEngineMachine;
import org.shadowmmu.lab.workload.synthetic.ForkExec.Shape;

/** Short processes under shadow paging: what they leave behind is the guest's doing, and everything comes from one seed. */
class ForkExecTest {
    private static final int PAGES = 1 << 16;
    private static final int PROGRAMS = 24;

    private static Shape shape(FrameReuse reuse, long seed) {
        return new Shape(2, PAGES, true, PROGRAMS, 2, 0, 0, 10, 8, 4, 3, 40, 2, 20, 8, reuse, seed);
    }

    private static ShadowEngineMachine machine() {
        Host host = new Host(Mode.SHADOW, Kernel.LINUX_6_1, Backing.HUGE);
        return ShadowEngineMachine.create(host, PolicyAssignment.UPSTREAM, 2, 1, new PolicyWatch());
    }

    private static ShadowEngineMachine run(Shape shape, long quota) {
        ShadowEngineMachine machine = machine();
        ForkExec guest = new ForkExec(machine, shape);
        machine.setQuota(quota);
        guest.run(ended -> {
            assertThat(machine.audit()).isNull();
            return true;
        });
        assertThat(guest.ended()).isEqualTo(PROGRAMS);
        return machine;
    }

    @Test
    void everyProgramEndsAndEveryInvariantHoldsAtASmallQuotaToo() {
        ShadowEngineMachine machine = run(shape(FrameReuse.OLDEST, 1), 80);

        assertThat(machine.reclaimed()).isPositive();
        assertThat(machine.usedPages()).isLessThanOrEqualTo(80);
    }

    /** Tables in ever new frames leave ever more shadow pages; Linux's habit does not. */
    @Test
    void whichFramesBecomeTablesDecidesHowManyShadowPagesStay() {
        long wandering = run(shape(FrameReuse.OLDEST, 1), 10_000).usedPages();
        long staying = run(shape(FrameReuse.NEWEST, 1), 10_000).usedPages();

        assertThat(wandering).isGreaterThan(2 * staying);
    }

    @Test
    void theSameSeedDoesTheSameWork() {
        ShadowEngineMachine one = run(shape(FrameReuse.OLDEST, 1), 80);
        ShadowEngineMachine same = run(shape(FrameReuse.OLDEST, 1), 80);
        ShadowEngineMachine other = run(shape(FrameReuse.OLDEST, 2), 80);

        for (WorkCounter counter : WorkCounter.values()) {
            assertThat(one.machine().core().work.get(counter))
                    .isEqualTo(same.machine().core().work.get(counter));
        }
        assertThat(one.counters().get(Counter.PF_TAKEN))
                .isNotEqualTo(other.counters().get(Counter.PF_TAKEN));
    }

    /** Frames go back to the guest's kernel: memory for a few programs is enough for many. */
    @Test
    void framesAreUsedAgain() {
        int tight = (64 << 8) + 600;
        Shape shape = new Shape(2, tight, false, 100, 1, 0, 0, 10, 8, 4, 3, 40, 2, 20, 8, FrameReuse.OLDEST, 1);
        ForkExec guest = new ForkExec(machine(), shape);

        guest.run(ended -> true);

        assertThat(guest.ended()).isEqualTo(100);
    }

    @Test
    void theObserverMayEndIt() {
        ForkExec guest = new ForkExec(machine(), shape(FrameReuse.OLDEST, 1));

        guest.run(ended -> ended < 5);

        assertThat(guest.ended()).isEqualTo(5);
    }

    @Test
    void aShapeOutsideItsRangeIsRefused() {
        assertThatThrownBy(() -> new Shape(2, PAGES, true, 1, 1, 0, 0, 4, 8, 4, 5, 40, 2, 20, 8, FrameReuse.OLDEST, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("busy regions");
    }
}
