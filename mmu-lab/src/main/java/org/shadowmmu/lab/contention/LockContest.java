package org.shadowmmu.lab.contention;

import java.util.List;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.lock.Yielding;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;

/**
 * One long operation, such as a zap, against virtual CPUs that fault: a simulation of discrete events around the MMU lock.
 *
 * <p>The engine does all the work, in the order in which the lock is granted; this class keeps the clocks. The lock is fair:
 * who asked first gets it first, as a queued spinlock grants it. The operation holds it until a point where the kernel may
 * yield; it yields there if a virtual CPU waits and the hold is long enough, and asks again at once, behind those who wait.
 * A virtual CPU runs until an access misses in the tables as they are then, leaves the guest, waits, has its fault handled,
 * and runs on; it goes on using translations that its TLB has, if it has one. Not modelled: work without the lock, and
 * preemption of virtual CPUs.
 *
 * <p>Prices are those of a {@link CostModel}; nothing is fitted here. Handling a fault costs {@link Cost#CONTENDER} more for
 * each other virtual CPU that wants the lock.
 */
public final class LockContest implements Yielding {
    private final VirtualMachine machine;
    private final CostModel costs;
    private final List<? extends GuestWork> guests;
    private final double shortestHold;
    private final double patience;

    /** When each virtual CPU comes to its next access, or came to the lock. */
    private final double[] clocks;

    private final boolean[] waiting;

    private double now;
    private double heldSince;
    private double longestHold;
    private WorkDone mark;
    private long yields;
    private long faults;

    /** The operation took longer than the patience allows; the machine is in the middle of it. */
    private static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        GivenUp() {
            super("no end within the simulated time allowed", null, false, false);
        }
    }

    /**
     * What came out.
     *
     * @param finished whether the operation ended within the patience
     * @param nanos how long it took, waiting included, or the patience
     * @param longestHold the longest time it held the lock, in nanoseconds
     * @param yields how often it let the lock go
     * @param faults faults handled meanwhile
     */
    public record Outcome(boolean finished, double nanos, double longestHold, long yields, long faults) {}

    /**
     * Prepares a contest on a machine.
     *
     * @param guests the work of virtual CPU 0, 1, …; all of them are in the guest when the operation begins
     * @param shortestHold the operation yields only after it held the lock so long, in nanoseconds: 0 where the kernel yields
     *     to whoever waits, a tick where only the scheduler asks
     * @param patience simulated nanoseconds after which it is given up
     */
    public LockContest(
            VirtualMachine machine,
            CostModel costs,
            List<? extends GuestWork> guests,
            double shortestHold,
            double patience) {
        this.machine = machine;
        this.costs = costs;
        this.guests = List.copyOf(guests);
        this.shortestHold = shortestHold;
        this.patience = patience;
        clocks = new double[guests.size()];
        waiting = new boolean[guests.size()];
        mark = WorkDone.of(machine);
    }

    /** Runs the operation against the guests. */
    public Outcome run(Runnable operation) {
        for (int cpu = 0; cpu < guests.size(); cpu++) {
            machine.vcpu(cpu).enter();
            clocks[cpu] = guests.get(cpu).nanos() * (cpu + 1) / guests.size();
        }
        mark = WorkDone.of(machine);
        machine.lock().setYielding(this);
        boolean finished = true;
        try {
            operation.run();
            passOperation();
        } catch (GivenUp e) {
            finished = false;
        } finally {
            machine.lock().setYielding(Yielding.NEVER);
        }
        longestHold = Math.max(longestHold, now - heldSince);
        return new Outcome(finished, now, longestHold, yields, faults);
    }

    /** The clock goes on by what the operation did since it was last looked at. */
    private void passOperation() {
        WorkDone work = WorkDone.of(machine);
        now += costs.zapping(work.since(mark));
        mark = work;
    }

    @Override
    public boolean wanted(YieldPoint point) {
        passOperation();
        boolean somebody = false;
        for (int cpu = 0; cpu < clocks.length; cpu++) {
            runGuest(cpu);
            somebody |= waiting[cpu] && clocks[cpu] <= now;
        }
        if (now > patience) {
            throw new GivenUp();
        }
        return somebody && now - heldSince >= shortestHold;
    }

    /** Lets a guest run up to now, or until it misses. */
    private void runGuest(int cpu) {
        GuestWork guest = guests.get(cpu);
        while (!waiting[cpu] && clocks[cpu] <= now) {
            if (guest.loadsCr3()) {
                machine.vcpu(cpu).state().flushTlb();
            }
            if (machine.vcpu(cpu).accessInGuest(guest.gpa(), guest.kind())) {
                clocks[cpu] += guest.nanos();
                guest.next();
            } else {
                waiting[cpu] = true;
                clocks[cpu] += costs.of(Cost.EXIT);
            }
        }
    }

    @Override
    public void released(YieldPoint point) {
        yields++;
        longestHold = Math.max(longestHold, now - heldSince);
        double asked = now;
        for (int cpu = first(asked); cpu >= 0; cpu = first(asked)) {
            serve(cpu);
        }
        heldSince = now;
        mark = WorkDone.of(machine);
    }

    /** Who waits longest among those that asked by a time; -1 if nobody does. */
    private int first(double asked) {
        int first = -1;
        for (int cpu = 0; cpu < clocks.length; cpu++) {
            if (waiting[cpu] && clocks[cpu] <= asked && (first < 0 || clocks[cpu] < clocks[first])) {
                first = cpu;
            }
        }
        return first;
    }

    private void serve(int cpu) {
        WorkDone before = WorkDone.of(machine);
        GuestWork guest = guests.get(cpu);
        machine.vcpu(cpu).accessGpa(guest.gpa(), guest.kind());
        WorkDone work = WorkDone.of(machine).since(before);
        long handled = work.get(Counter.PF_TAKEN);
        faults += handled;
        // The way out of the guest was passed before the lock was asked for.
        now += costs.shadow(work) - handled * costs.of(Cost.EXIT) + others(cpu) * costs.of(Cost.CONTENDER);
        waiting[cpu] = false;
        clocks[cpu] = now + guest.nanos();
        guest.next();
    }

    private int others(int cpu) {
        int others = 0;
        for (int other = 0; other < waiting.length; other++) {
            others += waiting[other] && other != cpu ? 1 : 0;
        }
        return others;
    }
}
