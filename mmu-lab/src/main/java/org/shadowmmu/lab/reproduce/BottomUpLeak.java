package org.shadowmmu.lab.reproduce;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamReader;
import org.shadowmmu.lab.workload.StreamVisitor;
import org.shadowmmu.lab.workload.synthetic.GuestHypervisor;
import org.shadowmmu.lab.workload.synthetic.NestedBootStorm;
import org.shadowmmu.lab.workload.synthetic.NestedBootStorm.Shape;
import org.shadowmmu.lab.workload.synthetic.TableTearDown;

/**
 * S1.7: an L1 that clears its tables from the leaves up, entry by entry, and never writes them again. Each directory loses two
 * links to emulated writes before the third write floods it.
 *
 * <p>Such an L1 is KVM since Linux 6.9, and KVM takes all its tables down not only when a guest ends but also whenever a
 * memslot is deleted, which the guest's firmware and kernel cause while it boots. How often is taken from a recorded boot.
 */
final class BottomUpLeak {
    private static final int GIBS = 2;
    private static final int GIB_PAGES = 1 << 18;
    private static final int TABLE = 512;
    private static final int ROOT_LEVEL = 4;
    /** L1's memory: guest, and tables that are never used again. */
    private static final long L1_GIBS = 16;

    /** The recorded boot. */
    static final String BOOT = "boot-1g";
    /** Tables that a directory must lead to before a tear-down leaves two of them behind. */
    private static final int ENOUGH = 3;

    /** Tear-downs of the recorded boot. */
    private final Once<Integer> recorded;

    BottomUpLeak(RecordedBoots boots) {
        recorded = new Once<>(() -> TearDowns.of(boots.file(BOOT)));
    }

    /** Counts the deletions that find enough of the first GiB in use again since the last one. */
    private static final class TearDowns implements StreamVisitor {
        private final Set<Long> regions = new HashSet<>();
        private int count;

        static int of(Path stream) {
            TearDowns found = new TearDowns();
            StreamReader.read(stream, found);
            return found.count;
        }

        @Override
        public void access(EntryKind kind, long gfn) {
            if (gfn < GIB_PAGES) {
                regions.add(gfn / TABLE);
            }
        }

        @Override
        public void slotChange(SlotChange change) {
            if (change.operation() == SlotChange.Operation.DELETE) {
                count += regions.size() >= ENOUGH ? 1 : 0;
                regions.clear();
            }
        }
    }

    /** Nested pages that are left. */
    private record Left(long orphans, long roots) {}

    /** Tear-downs of a boot as it is run: one when the guest ends, and as many as one deletion in the middle needs. */
    private int perBoot() {
        return 1 + Math.min(1, recorded.get());
    }

    private Left left(Bench bench, boolean onWrites, int boots) {
        int tearDowns = boots * perBoot();
        VirtualMachine machine = bench.under(
                "tdp-childzap", Map.of("on-emulated-writes", String.valueOf(onWrites)), MmuOptions.tdp(), 1, null);
        GuestHypervisor host = new GuestHypervisor(machine, L1_GIBS * GIB_PAGES, true);
        Shape shape = new Shape(1, tearDowns, GIBS * GIB_PAGES, TABLE, 1, TABLE, TableTearDown.BOTTOM_UP);
        new NestedBootStorm(host, shape).run(boot -> true);
        long orphans = 0;
        long roots = 0;
        for (ShadowPage page = machine.core().pages.oldest(); page != null; page = page.newer()) {
            if (page.guestMode()) {
                if (page.level() == ROOT_LEVEL) {
                    roots++;
                } else {
                    orphans++;
                }
            }
        }
        return new Left(orphans, roots);
    }

    Pending<Finding> measure(Bench bench, boolean quick) {
        int count = quick ? 50 : 1000;
        Pending<Left> off = bench.start(() -> left(bench, false, count));
        Pending<Left> on = bench.start(() -> left(bench, true, count));
        return () -> finding(count, off.get(), on.get());
    }

    private Finding finding(int count, Left off, Left on) {
        double perGib = (double) off.orphans / GIBS / count;
        return new Finding(
                "S1.7",
                "an L1 that zaps bottom-up leaks upwards of 4 pages per GiB and boot; recursion on writes leaks none",
                "2 GiB x 1,000 boots >= 8,000, and 0",
                String.format(
                        Locale.ROOT,
                        "%,d orphans after %,d boots, each with one deletion of a slot on the way, %.1f per GiB and boot; and"
                                + " %,d",
                        off.orphans,
                        count,
                        perGib,
                        on.orphans),
                Basis.COUNTED,
                perGib >= 4 && on.orphans == 0,
                String.format(
                        Locale.ROOT,
                        "%.1f per GiB and tear-down: two tables of each directory and the page above the directories. A"
                                + " recorded boot of 1 GiB (%s) tears down %d times with %d tables or more in use, and once at"
                                + " its end, so more than this can leak. Roots are no orphans: nothing led to them, and all"
                                + " %,d stay under both rules",
                        (double) off.orphans / GIBS / count / perBoot(),
                        BOOT,
                        recorded.get(),
                        ENOUGH,
                        on.roots));
    }
}
