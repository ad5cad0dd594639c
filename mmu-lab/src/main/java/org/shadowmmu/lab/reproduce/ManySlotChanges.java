package org.shadowmmu.lab.reproduce;

import java.util.Locale;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.reproduce.RecordedBoots.Memory;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;
import org.shadowmmu.lab.workload.PassingVisitor;

/**
 * S4.6: 100,000 changes of one slot of 4 KiB in a guest with one virtual CPU.
 *
 * <p>A zap-all costs what it removes and what the guest touches again before the next one. How much that is depends on how
 * far the guest runs between two changes, which was not published. So a recorded boot runs, with one change after each
 * window of the recording: its own accesses make the faults.
 */
final class ManySlotChanges {
    private static final int CHANGES = 100_000;
    private static final long SLOT = 1L << 26;
    private static final int ID = 400;
    /** Shorter windows are those of the firmware, recorded more finely. */
    private static final long WHOLE_WINDOW = 90_000;

    private final RecordedBoots boots;

    ManySlotChanges(RecordedBoots boots) {
        this.boots = boots;
    }

    private static void add(VirtualMachine machine, int backing) {
        machine.setMemslot(0, ID, SLOT, 1, 0, backing, 0);
        machine.vcpu(0).accessGpa(SLOT << 12, AccessKind.WRITE);
    }

    private static void delete(VirtualMachine machine) {
        machine.setMemslot(0, ID, 0, 0, 0, 0, 0);
    }

    /** What a recorded guest makes of changes that zap everything: MMU work beyond that of the guest without changes. */
    private record Zapped(WorkDone with, WorkDone without, long changes, long instructions) {
        double nanosPerChange(CostModel costs) {
            return (costs.tdp(with) - costs.tdp(without)) / changes;
        }

        double minutes(CostModel costs) {
            return nanosPerChange(costs) * CHANGES / 60e9;
        }
    }

    private Zapped zapped(Bench bench, String stream) {
        MmuOptions options = MmuOptions.withTdpMmu();
        WorkDone without = WorkDone.of(boots.replay(bench, stream, options, Memory.PRESENT_SMALL));
        VirtualMachine[] machine = new VirtualMachine[1];
        long[] seen = {0, 0, 0};
        int backing = boots.survey(stream).blocks().size();
        VirtualMachine end = boots.replay(
                bench,
                stream,
                options,
                Memory.PRESENT_SMALL,
                made -> {
                    made.host().addBacking(backing, 1, false);
                    machine[0] = made;
                },
                next -> new PassingVisitor(next) {
                    @Override
                    public void windowBegins(int vcpu, long instructions, long accesses) {
                        seen[0] = instructions;
                        super.windowBegins(vcpu, instructions, accesses);
                    }

                    @Override
                    public void windowEnds() {
                        super.windowEnds();
                        if (seen[0] >= WHOLE_WINDOW) {
                            add(machine[0], backing);
                            delete(machine[0]);
                            seen[1]++;
                            seen[2] += seen[0];
                        }
                    }
                });
        return new Zapped(WorkDone.of(end), without, seen[1], seen[2] / seen[1]);
    }

    /** The work of all changes when each takes the slot's own leaf, made on a guest of 8 GiB. */
    private static WorkDone leafOnly(Bench bench, int changes) {
        VirtualMachine machine = bench.upstream(MmuOptions.withTdpMmu().withTargetedSlotZap(true), 1, null);
        machine.host().addBacking(0, 8L << 18, false);
        machine.host().addBacking(1, 1, false);
        machine.setMemslot(0, 0, 0, 8L << 18, 0, 0, 0);
        for (long gfn = 0; gfn < 8L << 18; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        WorkDone before = WorkDone.of(machine);
        for (int change = 0; change < changes; change++) {
            add(machine, 1);
            delete(machine);
        }
        return WorkDone.of(machine).since(before);
    }

    /** Measures the claim; {@code quick} with one recording. */
    Pending<Finding> finding(Bench bench, boolean quick) {
        Pending<WorkDone> leaves = bench.start(() -> leafOnly(bench, quick ? CHANGES / 100 : CHANGES));
        double scale = quick ? 100 : 1;
        Pending<Zapped> booting = bench.start(() -> zapped(bench, "boot-6g-debian-pc"));
        Pending<Zapped> serving = quick ? booting : bench.start(() -> zapped(bench, "web-1g"));
        Pending<Zapped> sorting = quick ? booting : bench.start(() -> zapped(bench, "sort-2g"));
        return () -> {
            WorkDone leaf = leaves.get();
            Zapped boot = booting.get();
            Zapped busy = serving.get();
            Zapped idle = sorting.get();
            return bench.priced(costs -> at(costs, leaf, scale, boot, busy, idle, quick));
        };
    }

    private static Finding at(
            CostModel costs, WorkDone leaf, double scale, Zapped boot, Zapped busy, Zapped idle, boolean quick) {
        double minutes = boot.minutes(costs);
        double seconds = scale * costs.tdp(leaf) / 1e9;
        return new Finding(
                "S4.6",
                "100,000 changes of one slot, 8 GiB, 1 virtual CPU: 30 min at up to 18 ms each with zap-all, less than 1 min"
                        + " with leaf-only",
                "order of magnitude",
                String.format(
                        Locale.ROOT,
                        "zap-all %.1f min, %.2f ms each; leaf-only %.2f s, %.1f us each",
                        minutes,
                        boot.nanosPerChange(costs) / 1e6,
                        seconds,
                        seconds * 1e6 / CHANGES),
                Basis.PREDICTED,
                minutes >= 3 && minutes <= 300 && seconds < 60,
                String.format(
                        Locale.ROOT,
                        "leaf-only was run in full. zap-all: %,d changes in a recorded boot of 6 GiB, one after every %.1f M"
                                + " instructions, times %.0f; how far the published guest ran between two changes is not known%s",
                        boot.changes,
                        boot.instructions / 1e6,
                        (double) CHANGES / boot.changes,
                        quick ? "" : others(costs, busy, idle)));
    }

    private static String others(CostModel costs, Zapped busy, Zapped idle) {
        return String.format(
                Locale.ROOT,
                ": after every %.1f M instructions of web-1g it is %.1f min, after every %.1f M of sort-2g %.1f min",
                busy.instructions / 1e6,
                busy.minutes(costs),
                idle.instructions / 1e6,
                idle.minutes(costs));
    }
}
