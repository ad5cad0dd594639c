package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;

/**
 * Adds up what the MMUs of a story did, so that the lab can say how much faster it is than the machines it simulates. Keeps
 * the counters of machines and not the machines, which may take gigabytes.
 */
final class SimulatedTime {
    private static final ThreadLocal<SimulatedTime> HERE = ThreadLocal.withInitial(SimulatedTime::new);

    private record Meter(Supplier<WorkDone> work, boolean tdpMmu) {}

    private final List<Meter> meters = new ArrayList<>();

    private SimulatedTime() {}

    /** Forgets the machines of this thread. */
    static void restart() {
        HERE.get().meters.clear();
    }

    /** Counts what a machine of this thread does from its first access on. */
    static VirtualMachine of(VirtualMachine machine) {
        HERE.get()
                .meters
                .add(new Meter(WorkDone.meter(machine), machine.core().options.tdpMmu()));
        return machine;
    }

    /** The simulated time of the machines of this thread, in seconds; the guests' own time is not in it. */
    static double seconds(CostModel costs) {
        double nanos = 0;
        for (Meter meter : HERE.get().meters) {
            WorkDone work = meter.work.get();
            nanos += meter.tdpMmu ? costs.tdp(work) : costs.shadow(work);
        }
        return nanos / 1e9;
    }
}
