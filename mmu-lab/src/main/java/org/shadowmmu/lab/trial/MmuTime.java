package org.shadowmmu.lab.trial;

import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;

/** What the work of a trial's machine took in simulated time, at the standard costs. */
final class MmuTime {
    private static final CostModel COSTS = CostModel.standard();

    private MmuTime() {}

    /**
     * Nanoseconds that the MMU of a machine worked so far. Leaves cost what those of the MMU cost that serves the guest's
     * own memory, be they its leaves or a nested guest's.
     */
    static long nanos(VirtualMachine machine) {
        WorkDone work = WorkDone.of(machine);
        return Math.round(machine.core().options.tdpMmu() ? COSTS.tdp(work) : COSTS.shadow(work));
    }
}
