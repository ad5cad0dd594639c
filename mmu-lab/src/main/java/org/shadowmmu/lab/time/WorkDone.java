package org.shadowmmu.lab.time;

import java.util.function.Supplier;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.vm.VirtualMachine;

/** The primitives that a machine carried out so far, at one moment; the difference of two is the work between them. */
public final class WorkDone {
    private static final int COUNTERS = Counter.values().length;

    /** Nothing at all. */
    public static final WorkDone NONE = new WorkDone(new long[COUNTERS + WorkCounter.values().length]);

    private final long[] values;

    private WorkDone(long[] values) {
        this.values = values;
    }

    /** The work of a machine so far. */
    public static WorkDone of(VirtualMachine machine) {
        return of(machine.counters(), machine.core().work);
    }

    /** Tells the work of a machine at any time without keeping the machine. */
    public static Supplier<WorkDone> meter(VirtualMachine machine) {
        Counters counters = machine.counters();
        Work work = machine.core().work;
        return () -> of(counters, work);
    }

    private static WorkDone of(Counters counters, Work work) {
        WorkCounter[] kinds = WorkCounter.values();
        long[] values = new long[COUNTERS + kinds.length];
        for (Counter counter : Counter.values()) {
            values[counter.ordinal()] = counters.get(counter);
        }
        for (WorkCounter counter : kinds) {
            values[COUNTERS + counter.ordinal()] = work.get(counter);
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

    /** Both together. */
    public WorkDone plus(WorkDone other) {
        long[] sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.values[i];
        }
        return new WorkDone(sum);
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
