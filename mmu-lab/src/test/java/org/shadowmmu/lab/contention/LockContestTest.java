package org.shadowmmu.lab.contention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.contention.LockContest.Outcome;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;

/** A slot is deleted in a guest of 64 MiB, all touched, while virtual CPUs do one thing each. */
class LockContestTest {
    private static final int TABLES = 32;
    private static final int PAGES = TABLES * 512;
    private static final double PATIENCE = 50e6;

    private CostModel costs = CostModel.standard();

    /** A virtual CPU that touches the first page of one table after the other, from one on. */
    private static final class Walker implements GuestWork {
        private final double nanos;
        private int table;

        Walker(int table, double nanos) {
            this.table = table;
            this.nanos = nanos;
        }

        @Override
        public void next() {
            table = (table + 1) % TABLES;
        }

        @Override
        public long gpa() {
            return (long) table * 512 << 12;
        }

        @Override
        public AccessKind kind() {
            return AccessKind.WRITE;
        }

        @Override
        public boolean loadsCr3() {
            return false;
        }

        @Override
        public double nanos() {
            return nanos;
        }
    }

    private Outcome delete(Era era, int vcpus, double guestNanos, double shortestHold) {
        VirtualMachine machine =
                VirtualMachine.create(MmuOptions.tdp().withEra(era), vcpus, PolicyRuntime.upstream(), null);
        machine.host().addBacking(0, PAGES + 1, false);
        machine.setMemslot(0, 0, 0, PAGES, 0, 0, 0);
        machine.setMemslot(0, 1, PAGES, 1, 0, 0, PAGES);
        for (long gfn = 0; gfn < PAGES; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        List<Walker> guests = IntStream.range(0, vcpus)
                .mapToObj(cpu -> new Walker(cpu * TABLES / vcpus, guestNanos))
                .toList();
        return new LockContest(machine, costs, guests, shortestHold, PATIENCE)
                .run(() -> machine.setMemslot(0, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void undisturbedTheTimeIsThatOfTheLeaves() {
        Outcome outcome = delete(Era.LINUX_2_6_3X, 1, 1e12, 0);

        assertThat(outcome).isEqualTo(new Outcome(true, PAGES * costs.of(Cost.SHADOW_LEAF), outcome.nanos(), 0, 0));
    }

    @Test
    void aPlainZapMakesNoProgressWhileManyFaultAndOneByGenerationsEnds() {
        Outcome plain = delete(Era.LINUX_2_6_3X, 8, 100, 0);

        assertThat(plain.finished()).isFalse();
        assertThat(plain.nanos()).isGreaterThan(PATIENCE);

        Outcome generations = delete(Era.LINUX_5_8, 8, 100, 0);

        assertThat(generations.finished()).isTrue();
        assertThat(generations.yields()).isPositive();
        // Ten pages of 512 leaves, and the steps along the list that found them.
        assertThat(generations.longestHold()).isBetween(10 * 512 * 88.0, 11 * 512 * 88.0);
    }

    @Test
    void aZapThatYieldsSeldomGetsAhead() {
        Outcome outcome = delete(Era.LINUX_2_6_3X, 8, 100, 4e6);

        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.yields()).isZero();
    }

    @Test
    void whoIsHandledPaysForEachOtherThatWaits() {
        double alone = delete(Era.LINUX_5_8, 1, 100, 0).nanos();
        double contended = delete(Era.LINUX_5_8, 8, 100, 0).nanos();
        costs = costs.scaled(Cost.CONTENDER, 0);

        assertThat(delete(Era.LINUX_5_8, 1, 100, 0).nanos()).isEqualTo(alone);
        assertThat(delete(Era.LINUX_5_8, 8, 100, 0).nanos()).isLessThan(contended);
    }
}
