package org.shadowmmu.lab.time;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.vm.VirtualMachine;

/** The primitives that a machine carried out so far, at one moment; the difference of two is the work between them. */
public final class WorkDone {
    private static final int COUNTERS = Counter.values().length;

    private final long[] values;

    private WorkDone(long[] values) {
        this.values = values;
    }

    /** The work of a machine so far. */
    public static WorkDone of(VirtualMachine machine) {
        WorkCounter[] work = WorkCounter.values();
        long[] values = new long[COUNTERS + work.length];
        for (Counter counter : Counter.values()) {
            values[counter.ordinal()] = machine.counters().get(counter);
        }
        for (WorkCounter counter : work) {
            values[COUNTERS + counter.ordinal()] = machine.core().work.get(counter);
        }
        return new WorkDone(values);
    }

    /** The work since an earlier moment. */
    public WorkDone since(WorkDone earlier) {
        long[] difference = values.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= earlier.values[i];
        }
        return new WorkDone(difference);
    }

    /** A statistic of the kernel. */
    public long get(Counter counter) {
        return values[counter.ordinal()];
    }

    /** A count of primitives. */
    public long get(WorkCounter counter) {
        return values[COUNTERS + counter.ordinal()];
    }
}
