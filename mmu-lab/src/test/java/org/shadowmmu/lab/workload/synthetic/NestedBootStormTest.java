package org.shadowmmu.lab.workload.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.engine.audit.Audit;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.workload.synthetic.NestedBootStorm.Shape;

/** Nested guests come and go through the MMU, and the books stay right. */
class NestedBootStormTest {
    private static final int GUEST_PAGES = 2048;
    private static final long MEMORY = 2L << 18;

    private static VirtualMachine storm(Shape shape) {
        VirtualMachine machine = VirtualMachine.create(MmuOptions.tdp(), shape.side(), PolicyRuntime.upstream(), null);
        NestedBootStorm storm = new NestedBootStorm(new GuestHypervisor(machine, MEMORY, true), shape);
        storm.run(boot -> true);
        assertThat(storm.touches()).isEqualTo((long) shape.boots() * shape.guestPages() / shape.stride());
        return machine;
    }

    private static long nestedPages(VirtualMachine machine) {
        long count = 0;
        for (ShadowPage page = machine.core().pages.oldest(); page != null; page = page.newer()) {
            count += page.guestMode() ? 1 : 0;
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource(TableTearDown.class)
    void theBooksAreRightAfterEveryKindOfTearDown(TableTearDown how) {
        VirtualMachine machine = storm(new Shape(2, 2, GUEST_PAGES, 1, 2, 512, how));

        assertThat(Audit.check(machine)).isEmpty();
    }

    /** However many entries L1 maps at a time, a guest that touches everything needs the same pages. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 512})
    void whatStaysDoesNotDependOnHowL1FillsItsTables(int entriesPerExit) {
        VirtualMachine machine = storm(new Shape(2, 2, GUEST_PAGES, 1, 2, entriesPerExit, TableTearDown.LAZY));

        // Per guest: four leaf tables and one of each level above.
        assertThat(nestedPages(machine)).isEqualTo(4 * 7);
        assertThat(machine.core().work.get(WorkCounter.NESTED_ENTRIES)).isEqualTo(4L * GUEST_PAGES / entriesPerExit);
    }

    @Test
    void theSameStormDoesTheSameWork() {
        Shape shape = new Shape(2, 2, GUEST_PAGES, 1, 2, 8, TableTearDown.ZEROING);
        VirtualMachine one = storm(shape);
        VirtualMachine other = storm(shape);

        for (WorkCounter counter : WorkCounter.values()) {
            assertThat(one.core().work.get(counter)).isEqualTo(other.core().work.get(counter));
        }
    }
}
