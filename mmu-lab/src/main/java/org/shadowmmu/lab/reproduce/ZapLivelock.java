package org.shadowmmu.lab.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.era.ZapRules;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.contention.GuestWork;
import org.shadowmmu.lab.contention.LockContest;
import org.shadowmmu.lab.contention.LockContest.Outcome;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.GuestEvent;
import org.shadowmmu.lab.workload.StreamReader;
import org.shadowmmu.lab.workload.StreamVisitor;

/**
 * S4.7: a plain zap of all pages walks from the newest page and begins again whenever it lets the lock go, so pages that
 * faulting virtual CPUs make meanwhile come first; with generations the walk ends at the first new page.
 */
final class ZapLivelock {
    private static final String STREAM = "boot-6g-debian-pc";
    private static final int ROM_PAGES = 16;
    private static final int FINISHES = 16;
    private static final int LIVELOCKS = 18;
    private static final int MOST = 96;
    /** Simulated; a zap that nobody disturbs takes some 12 ms. */
    private static final double PATIENCE = 250e6;

    private static final double TICK = 4e6;

    /** Where the frame lies in a packed access, above the kind and the flag. */
    private static final int FRAME_SHIFT = 3;
    /** The flag: the guest loads CR3 before the access. */
    private static final long LOADS_CR3 = 1 << 2;

    /** 1,536 translations of 4 KiB pages. */
    private static final int TLB_SETS = 128;

    private static final int TLB_WAYS = 12;

    private final Once<Course> course;

    ZapLivelock(RecordedBoots boots) {
        course = new Once<>(() -> Course.of(boots.file(STREAM)));
    }

    /** Linux 5.2 after the revert: as 5.8, but all pages are zapped one by one from the newest. */
    private static Era plainZapAll() {
        Era base = Era.LINUX_5_8;
        return new Era(
                "linux-5.2",
                "Linux 5.2 with the revert of August 2019: as 5.8, but everything is zapped page by page.",
                base.unproven(),
                base.reclaim(),
                new ZapRules(base.zap().orphansGo(), base.zap().liveRootsStayListed(), false),
                base.pages(),
                base.sync(),
                base.leaves(),
                base.writes(),
                base.roots(),
                base.tdp());
    }

    /** The accesses of a recorded guest, packed: frame, kind and the instructions that follow. */
    private static final class Course implements StreamVisitor {
        private final List<long[]> windows = new ArrayList<>();
        /** Every page of the windows, in the order of first use. */
        private final Set<Long> pages = new LinkedHashSet<>();

        private long[] current = new long[64];
        private int count;
        private long instructions;
        private long end;
        private boolean cr3;

        static Course of(Path stream) {
            Course course = new Course();
            StreamReader.read(stream, course);
            return course;
        }

        @Override
        public void windowBegins(int vcpu, long executed, long accesses) {
            instructions = executed;
            count = 0;
        }

        @Override
        public void event(GuestEvent event, long argument) {
            cr3 |= event == GuestEvent.CR3;
        }

        @Override
        public void access(EntryKind kind, long gfn) {
            if (count == current.length) {
                current = Arrays.copyOf(current, 2 * count);
            }
            current[count++] = gfn << FRAME_SHIFT | (cr3 ? LOADS_CR3 : 0) | kind.ordinal();
            cr3 = false;
            end = Math.max(end, gfn + 1);
        }

        @Override
        public void windowEnds() {
            // The firmware's windows are shorter by far; the operating system runs in the others.
            if (count > 0 && instructions > 1_000_000) {
                long[] window = Arrays.copyOf(current, count + 1);
                window[count] = instructions;
                windows.add(window);
                for (int at = 0; at < count; at++) {
                    pages.add(window[at] >>> FRAME_SHIFT);
                }
            }
        }
    }

    /** A virtual CPU that makes the accesses of a course from some window on, again and again. */
    private static final class Runner implements GuestWork {
        private static final AccessKind[] KINDS = {
            AccessKind.READ, AccessKind.WRITE, AccessKind.FETCH, AccessKind.PAGE_TABLE
        };

        private final List<long[]> windows;
        private final double instruction;
        private int window;
        private int at;

        Runner(Course course, int first, double instruction) {
            this.windows = course.windows;
            this.window = first;
            this.instruction = instruction;
        }

        @Override
        public void next() {
            if (++at == windows.get(window).length - 1) {
                at = 0;
                window = (window + 1) % windows.size();
            }
        }

        @Override
        public long gpa() {
            return windows.get(window)[at] >>> FRAME_SHIFT << 12;
        }

        @Override
        public AccessKind kind() {
            return KINDS[(int) windows.get(window)[at] & 3];
        }

        @Override
        public boolean loadsCr3() {
            return (windows.get(window)[at] & LOADS_CR3) != 0;
        }

        @Override
        public double nanos() {
            long[] accesses = windows.get(window);
            return accesses[accesses.length - 1] * instruction / (accesses.length - 1);
        }
    }

    /** How a deletion ended, and how many of the pages that were there at its begin are left. */
    private record Deletion(Outcome outcome, long before, long left) {
        boolean finished() {
            return outcome.finished();
        }

        double milliseconds() {
            return outcome.nanos() / 1e6;
        }
    }

    /** Deletes a small slot of a guest that has touched its memory, while its virtual CPUs run. */
    private static Deletion delete(
            Bench bench, Era era, Course course, int vcpus, CostModel costs, double shortestHold, boolean tlb) {
        VirtualMachine machine = bench.upstream(MmuOptions.tdp().withEra(era), vcpus, null);
        machine.host().addBacking(0, course.end, false);
        machine.host().addBacking(1, ROM_PAGES, false);
        machine.setMemslot(0, 0, 0, course.end, 0, 0, 0);
        machine.setMemslot(0, 1, 1L << 26, ROM_PAGES, 0, 1, 0);
        for (long gfn : course.pages) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        List<Runner> runners = new ArrayList<>();
        for (int cpu = 0; cpu < vcpus; cpu++) {
            int first = (int) ((long) cpu * course.windows.size() / vcpus);
            if (tlb) {
                machine.vcpu(cpu).state().setTlb(new Tlb(TLB_SETS, TLB_WAYS));
            }
            runners.add(new Runner(course, first, costs.of(Cost.INSTRUCTION)));
        }
        ShadowPage newest = Objects.requireNonNull(machine.core().pages.newest(), "the guest has touched its memory");
        long last = newest.creationNumber();
        long before = machine.usedPages();
        Outcome outcome = new LockContest(machine, costs, runners, shortestHold, PATIENCE)
                .run(() -> machine.setMemslot(0, 1, 0, 0, 0, 1, 0));
        long left = 0;
        for (ShadowPage page = machine.core().pages.oldest(); page != null; page = page.newer()) {
            left += page.creationNumber() <= last && !Role.invalid(page.role) ? 1 : 0;
        }
        return new Deletion(outcome, before, left);
    }

    private Deletion plain(Bench bench, int vcpus, CostModel costs) {
        return delete(bench, plainZapAll(), course.get(), vcpus, costs, 0, true);
    }

    private Deletion generation(Bench bench, int vcpus, CostModel costs) {
        return delete(bench, Era.LINUX_5_8, course.get(), vcpus, costs, 0, true);
    }

    /** The smallest number of virtual CPUs with which a plain zap does not end, up to a limit. */
    private int threshold(Bench bench, boolean tlb, int limit) {
        int vcpus = 1;
        while (vcpus <= limit
                && delete(bench, plainZapAll(), course.get(), vcpus, bench.costs(), 0, tlb)
                        .finished()) {
            vcpus++;
        }
        return vcpus;
    }

    /** Measures the claim; {@code quick} without what the remark compares with. */
    Pending<Finding> finding(Bench bench, boolean quick) {
        CostModel costs = bench.costs();
        Pending<Deletion> few = bench.start(() -> plain(bench, FINISHES, costs));
        Pending<Deletion> many = bench.start(() -> plain(bench, LIVELOCKS, costs));
        Pending<Deletion> most = bench.start(() -> generation(bench, MOST, costs));
        Pending<String> remark = quick ? () -> "" : remark(bench);
        return () -> finding(few.get(), many.get(), most.get(), remark.get()).pricedBy(other -> at(bench, other));
    }

    private static Finding finding(Deletion few, Deletion many, Deletion most, String remark) {
        String simulated = "plain zap: " + text(FINISHES, few) + ", " + text(LIVELOCKS, many) + "; with generations: "
                + text(MOST, most);
        boolean asPublished = few.finished() && !many.finished() && most.finished();
        return finding(simulated, asPublished, remark);
    }

    /** The verdict at other costs; what cannot change it any more is not run. */
    private Finding at(Bench bench, CostModel costs) {
        Deletion few = plain(bench, FINISHES, costs);
        boolean asPublished = few.finished()
                && !plain(bench, LIVELOCKS, costs).finished()
                && generation(bench, MOST, costs).finished();
        return finding("plain zap: " + text(FINISHES, few), asPublished, "");
    }

    private static Finding finding(String simulated, boolean asPublished, String remark) {
        return new Finding(
                "S4.7",
                "plain zap-all while virtual CPUs fault: 16 always finish, from 18 on no progress; with generations it finishes"
                        + " with any number",
                "shape",
                simulated,
                Basis.PREDICTED,
                asPublished,
                remark);
    }

    private Pending<String> remark(Bench bench) {
        Pending<Integer> threshold = bench.start(() -> threshold(bench, true, LIVELOCKS));
        Pending<Integer> withoutTlb = bench.start(() -> threshold(bench, false, LIVELOCKS));
        Pending<Deletion> tick =
                bench.start(() -> delete(bench, plainZapAll(), course.get(), MOST, bench.costs(), TICK, true));
        return () -> remark(threshold.get(), withoutTlb.get(), tick.get());
    }

    private static String remark(int threshold, int withoutTlb, Deletion tick) {
        return "a threshold there is, but at " + threshold + " virtual CPUs (" + withoutTlb
                + " if they had no TLB): pages that"
                + " are made while the zap waits come first when it goes on. Where it lies follows from how often a guest"
                + " misses, which was not published; here each virtual CPU makes the accesses of a recorded boot from another"
                + " point on. If only the scheduler, not whoever waits, makes the zap yield (4 ms), "
                + text(MOST, tick);
    }

    private static String text(int vcpus, Deletion deletion) {
        return deletion.finished()
                ? String.format(Locale.ROOT, "%d virtual CPUs finish in %.0f ms", vcpus, deletion.milliseconds())
                : String.format(
                        Locale.ROOT,
                        "%d do not within %.0f ms (%d of %d pages left, %,d faults)",
                        vcpus,
                        deletion.milliseconds(),
                        deletion.left,
                        deletion.before,
                        deletion.outcome.faults());
    }
}
