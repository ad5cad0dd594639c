package org.shadowmmu.lab.reproduce;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.lab.experiment.Backing;
import org.shadowmmu.lab.experiment.Host;
import org.shadowmmu.lab.experiment.Kernel;
import org.shadowmmu.lab.experiment.Mode;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;
import org.shadowmmu.lab.trial.ShadowEngineMachine;
import org.shadowmmu.lab.workload.Region;
import org.shadowmmu.lab.workload.ShadowReplay;
import org.shadowmmu.lab.workload.StreamFile;
import org.shadowmmu.lab.workload.synthetic.ForkExec;
import org.shadowmmu.lab.workload.synthetic.ForkExec.Shape;

/**
 * S3.6, S3.6b and S3.6c: the field case of 2020-21. A guest of 1 GiB with 2 virtual CPUs under shadow paging compiles
 * something at the default quota, on a kernel that takes the newest pages first.
 *
 * <p>The published guest, an OpenBSD, is not recorded. The compile is {@link ForkExec#compile}, whose figures come from
 * recordings of another guest; nothing in it was fitted to the published times.
 */
final class FieldCase {
    private static final int VCPUS = 2;
    private static final long DEFAULT_QUOTA = 5_242;
    private static final long NO_LIMIT = 262_144;
    private static final long SEED = 1;

    /** Programs before the compile: the tables that they leave fill the default quota. */
    private static final int EARLIER = 300;

    /** Programs of the compile, and how long each runs, in millions of instructions. */
    private static final int PROGRAMS = 30;

    private static final int STRETCHES = 30;
    private static final int QUICK_STRETCHES = 8;

    /** The guest's own time for a million instructions: 2 per nanosecond, an estimate for a processor of 2006. */
    private static final double NANOS_PER_STRETCH = 500_000;

    /** Uses per stretch that come first in a window of the recording, whatever comes between them. */
    private static final int FIRST_USES = 204;

    /** The recorded Linux guest. */
    static final String STREAM = "procs-1g-gva";

    private final RecordedBoots streams;

    FieldCase(RecordedBoots streams) {
        this.streams = streams;
    }

    private static ShadowEngineMachine machine(Bench bench, String direction, int vcpus, Backing backing) {
        PolicyAssignment assignment = bench.assigned("fifo", Map.of("direction", direction));
        Host host = new Host(Mode.SHADOW, Kernel.LINUX_6_1, backing);
        ShadowEngineMachine machine = ShadowEngineMachine.create(host, assignment, vcpus, SEED, new PolicyWatch());
        bench.metered(machine.machine());
        return machine;
    }

    /** What the compile made the hypervisor do. */
    private record Compile(WorkDone work, int stretches, long demand, long reclaimedBefore) {
        /** The guest's own time on all virtual CPUs, in nanoseconds. */
        double guest() {
            return stretches * NANOS_PER_STRETCH;
        }

        /**
         * Wall-clock time in nanoseconds: two virtual CPUs share the work, but only one at a time has the lock that the
         * hypervisor holds.
         */
        double real(CostModel costs) {
            double locked = costs.shadow(work);
            return Math.max((guest() + locked) / VCPUS, locked);
        }

        long perStretch(Counter counter) {
            return work.get(counter) / stretches;
        }
    }

    private static Compile compile(Bench bench, String direction, long quota, Shape shape) {
        int stretches = shape.lastStretches();
        ShadowEngineMachine machine = machine(bench, direction, VCPUS, Backing.HUGE);

        ForkExec guest = new ForkExec(machine, shape);
        machine.setQuota(quota);
        WorkDone[] before = {WorkDone.of(machine.machine())};
        long[] reclaimed = {0};
        guest.run(ended -> {
            if (ended == EARLIER) {
                before[0] = WorkDone.of(machine.machine());
                reclaimed[0] = machine.reclaimed();
            }
            return true;
        });
        return new Compile(
                WorkDone.of(machine.machine()).since(before[0]),
                PROGRAMS * stretches,
                machine.usedPages(),
                reclaimed[0]);
    }

    Pending<List<Finding>> measure(Bench bench, boolean quick) {
        // The programs before the compile are short ones.
        Shape shape =
                Shape.compile(EARLIER + PROGRAMS, 1, SEED).lastOnes(PROGRAMS, quick ? QUICK_STRETCHES : STRETCHES);
        Pending<Compile> newest = bench.start(() -> compile(bench, "newest", DEFAULT_QUOTA, shape));
        Pending<Compile> oldest = bench.start(() -> compile(bench, "oldest", DEFAULT_QUOTA, shape));
        Pending<Compile> unlimited = bench.start(() -> compile(bench, "oldest", NO_LIMIT, shape));
        Pending<Compile> newestUnlimited = bench.start(() -> compile(bench, "newest", NO_LIMIT, shape));
        List<Pending<Habit>> habits = quick ? List.of() : habits(bench, shape);
        Pending<Finding> recorded = recordedGuest(bench);
        return () -> {
            Compile first = oldest.get();
            Compile last = newest.get();
            Compile free = unlimited.get();
            Compile lastFree = newestUnlimited.get();
            List<Habit> others = habits.stream().map(Pending::get).toList();
            return List.of(
                    bench.priced(costs -> slowDown(first, last, free, others, costs, quick)),
                    bench.priced(costs -> noLimit(first, free, lastFree, costs)),
                    recorded.get());
        };
    }

    /** The same with one of the guest's habits changed. */
    private record Habit(String change, Compile oldest, Compile newest) {
        double ratio(CostModel costs) {
            return newest.real(costs) / oldest.real(costs);
        }
    }

    private static List<Pending<Habit>> habits(Bench bench, Shape shape) {
        int uses = shape.uses();
        int busy = shape.busyRegions();
        return List.of(
                habit(bench, FIRST_USES + " uses, the lower bound", shape.using(FIRST_USES, busy)),
                habit(bench, 2 * uses + " uses", shape.using(2 * uses, busy)),
                habit(bench, busy / 2 + " busy regions", shape.using(uses, busy / 2)),
                habit(bench, 2 * busy + " busy regions", shape.using(uses, 2 * busy)));
    }

    private static Pending<Habit> habit(Bench bench, String change, Shape shape) {
        Shape shorter = shape.lastOnes(PROGRAMS, QUICK_STRETCHES);
        Pending<Compile> newest = bench.start(() -> compile(bench, "newest", DEFAULT_QUOTA, shorter));
        Pending<Compile> oldest = bench.start(() -> compile(bench, "oldest", DEFAULT_QUOTA, shorter));
        return () -> new Habit(change, oldest.get(), newest.get());
    }

    private static Finding slowDown(
            Compile oldest, Compile newest, Compile unlimited, List<Habit> habits, CostModel costs, boolean quick) {
        double ratio = newest.real(costs) / oldest.real(costs);
        return new Finding(
                "S3.6",
                "1 GiB, 2 virtual CPUs, shadow paging, a compile slightly over 5,242 pages: newest first 380.07 s against"
                        + " 13.54 s, 28 times",
                quick ? ">= 5 times (quick)" : ">= 10 times",
                String.format(
                        Locale.ROOT,
                        "%.1f times: %.0f ms against %.0f ms of real time, %.0f ms of it the guest's own; %,d faults and"
                                + " %,d new pages per million instructions against %,d and %,d",
                        ratio,
                        newest.real(costs) / 1e6,
                        oldest.real(costs) / 1e6,
                        oldest.guest() / VCPUS / 1e6,
                        newest.perStretch(Counter.PF_TAKEN),
                        newest.perStretch(Counter.MMU_CACHE_MISS),
                        oldest.perStretch(Counter.PF_TAKEN),
                        oldest.perStretch(Counter.MMU_CACHE_MISS)),
                Basis.PREDICTED,
                ratio >= (quick ? 5 : 10),
                String.format(
                        Locale.ROOT,
                        "synthetic compile fork-exec, %d programs of %d M instructions; without a limit the guest uses %,d"
                                + " pages in the end.%s",
                        PROGRAMS,
                        oldest.stretches / PROGRAMS,
                        unlimited.demand,
                        habitText(habits, costs)));
    }

    private static String habitText(List<Habit> habits, CostModel costs) {
        if (habits.isEmpty()) {
            return "";
        }
        return " How often a guest returns to its pages decides: "
                + habits.stream()
                        .map(habit -> String.format(Locale.ROOT, "%s %.1f times", habit.change, habit.ratio(costs)))
                        .collect(Collectors.joining(", "))
                + " (programs of " + QUICK_STRETCHES + " M instructions)";
    }

    private static Finding noLimit(Compile oldest, Compile unlimited, Compile newestUnlimited, CostModel costs) {
        double free = unlimited.real(costs);
        double pressed = oldest.real(costs) / free;
        double newest = newestUnlimited.real(costs) / free;
        return new Finding(
                "S3.6b",
                "oldest first at 5,242 pages as fast as without a limit (14.36 s, 14.86 s); newest first at 262,144 too",
                "+- 5 %",
                String.format(
                        Locale.ROOT,
                        "oldest first at 5,242: %+.1f %%, %,d pages reclaimed; newest first at 262,144: %+.1f %%",
                        100 * (pressed - 1),
                        oldest.work.get(Counter.MMU_RECYCLED),
                        100 * (newest - 1)),
                Basis.PREDICTED,
                Math.abs(pressed - 1) <= 0.05
                        && Math.abs(newest - 1) <= 0.05
                        && oldest.work.get(Counter.MMU_RECYCLED) > 0,
                "");
    }

    /** What the recorded Linux guest made the hypervisor do. */
    private record Linux(long peak, long reclaimed, long faults) {}

    private Linux linux(Bench bench, String direction, long quota) {
        ShadowEngineMachine machine =
                machine(bench, direction, Math.max(1, streams.survey(STREAM).vcpus()), Backing.SMALL);
        ShadowReplay replay = new ShadowReplay(machine, streams.survey(STREAM), false, Region.WHOLE, count -> {});
        machine.setQuota(quota);
        replay.run(new StreamFile(streams.file(STREAM)));
        return new Linux(replay.totals().peakUsed(), machine.reclaimed(), machine.faults());
    }

    /** The recorded Linux guest without reclaim, and at half of what it used then. */
    private record Demand(Linux whole, Linux halfOldest, Linux halfNewest) {
        /** Half of what it used. */
        long half() {
            return whole.peak / 2;
        }
    }

    private Demand demand(Bench bench) {
        Linux whole = linux(bench, "newest", DEFAULT_QUOTA);
        long half = whole.peak / 2;
        return new Demand(whole, linux(bench, "oldest", half), linux(bench, "newest", half));
    }

    private Pending<Finding> recordedGuest(Bench bench) {
        long quarter = DEFAULT_QUOTA / 4;
        Pending<Demand> demand = bench.start(() -> demand(bench));
        Pending<Linux> oldest = bench.start(() -> linux(bench, "oldest", quarter));
        Pending<Linux> newest = bench.start(() -> linux(bench, "newest", quarter));
        return () -> recordedGuest(demand.get(), oldest.get(), newest.get());
    }

    private static Finding recordedGuest(Demand demand, Linux oldest, Linux newest) {
        Linux whole = demand.whole;
        boolean cliff = newest.reclaimed > 0 && newest.faults >= 2 * whole.faults;
        return new Finding(
                "S3.6c",
                "a Linux guest: no reclaim at the default quota; with newest first a cliff at 25 % of it, 1,310 pages",
                "hard",
                String.format(
                        Locale.ROOT,
                        "%s: %,d reclaimed at 5,242, at most %,d pages used; at 1,310 %,d (oldest first, %,d faults) and %,d"
                                + " (newest first, %,d faults; %,d at 5,242)",
                        STREAM,
                        whole.reclaimed,
                        whole.peak,
                        oldest.reclaimed,
                        oldest.faults,
                        newest.reclaimed,
                        newest.faults,
                        whole.faults),
                Basis.COUNTED,
                whole.reclaimed == 0 && cliff,
                (cliff ? "" : "the recorded guest runs short processes one after the other and needs fewer pages. ")
                        + String.format(
                                Locale.ROOT,
                                "Its cliff is where its own demand is: at half of it, %d pages, %,d faults oldest first and"
                                        + " %,d newest first",
                                demand.half(),
                                demand.halfOldest.faults,
                                demand.halfNewest.faults));
    }
}
