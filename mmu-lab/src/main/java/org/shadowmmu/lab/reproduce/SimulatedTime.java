package org.shadowmmu.lab.reproduce;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;

/**
 * Adds up what the MMUs of a story did, so that the lab can say how much faster it is than the machines it simulates. Keeps
 * the counters of machines and not the machines, which may take gigabytes. Machines whose memory was mapped beforehand in
 * folded entries are left out ({@link Bench#unmetered}): they count work that nobody does entry by entry.
 */
final class SimulatedTime {
    private record Meter(Supplier<WorkDone> work, boolean tdpMmu) {}

    private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();

    /** Counts what a machine does from its first access on; any thread may call it. */
    VirtualMachine of(VirtualMachine machine) {
        meters.add(new Meter(WorkDone.meter(machine), machine.core().options.tdpMmu()));
        return machine;
    }

    /**
     * The simulated time of the machines so far, in seconds; the guests' own time is not in it. Whole primitives are added
     * up before they are priced, so the order in which machines were made does not show in the last digit.
     */
    double seconds(CostModel costs) {
        return (costs.tdp(sum(true)) + costs.shadow(sum(false))) / 1e9;
    }

    private WorkDone sum(boolean tdpMmu) {
        return meters.stream()
                .filter(meter -> meter.tdpMmu == tdpMmu)
                .map(meter -> meter.work.get())
                .reduce(WorkDone.NONE, WorkDone::plus);
    }
}
