package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.lock.LockFigure;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.reproduce.RecordedBoots.Memory;
import org.shadowmmu.lab.workload.PassingVisitor;
import org.shadowmmu.lab.workload.SlotChange;

/** S2.8: flush requests of a boot when each table of the TDP MMU that goes flushes, and when the caller does it once. */
final class FlushRequests {
    private static final String[] BOOTS = {"boot-6g-debian-pc", "boot-6g-debian-q35"};

    private final RecordedBoots boots;

    FlushRequests(RecordedBoots boots) {
        this.boots = boots;
    }

    /** Requests of a boot, and how often a slot change tore something down. */
    private record Boot(long requests, long tearDowns) {}

    private Boot boot(Bench bench, String boot, Memory memory, MmuOptions options) {
        VirtualMachine[] machine = new VirtualMachine[1];
        long[] tearDowns = {0};
        Consumer<VirtualMachine> keep = made -> machine[0] = made;
        boots.replay(bench, boot, options, memory, keep, next -> new PassingVisitor(next) {
            @Override
            public void slotChange(SlotChange change) {
                long before = machine[0].lock().get(LockFigure.ZAPPED, LockedWork.ROOT_ZAP);
                super.slotChange(change);
                tearDowns[0] += machine[0].lock().get(LockFigure.ZAPPED, LockedWork.ROOT_ZAP) > before ? 1 : 0;
            }
        });
        return new Boot(machine[0].counters().get(Counter.REMOTE_TLB_FLUSH_REQUESTS), tearDowns[0]);
    }

    /** A boot when each table flushes, and when the caller does. */
    private record Pair(String boot, Memory memory, Pending<Boot> each, Pending<Boot> now) {}

    /** Measures the claim. */
    Pending<Finding> finding(Bench bench) {
        MmuOptions now = MmuOptions.withTdpMmu();
        MmuOptions each = now.withWhatIfs(WhatIf.EACH_TABLE_FLUSHES);
        List<Pair> pairs = new ArrayList<>();
        for (String name : BOOTS) {
            for (Memory memory : new Memory[] {Memory.FRESH_SMALL, Memory.FRESH_HUGE}) {
                pairs.add(new Pair(
                        name,
                        memory,
                        bench.start(() -> boot(bench, name, memory, each)),
                        bench.start(() -> boot(bench, name, memory, now))));
            }
        }
        return () -> finding(pairs);
    }

    private static Finding finding(List<Pair> pairs) {
        StringBuilder simulated = new StringBuilder();
        boolean fewer = true;
        for (Pair pair : pairs) {
            Boot before = pair.each.get();
            Boot after = pair.now.get();
            long deferred = after.requests + after.tearDowns;
            fewer &= deferred < before.requests;
            simulated.append(String.format(
                    Locale.ROOT,
                    "%s%s %s: %,d -> %,d (ratio %.1f)",
                    simulated.isEmpty() ? "" : "; ",
                    pair.boot,
                    pair.memory == Memory.FRESH_HUGE ? "THP" : "4 KiB",
                    before.requests,
                    deferred,
                    (double) before.requests / deferred));
        }
        return new Finding(
                "S2.8",
                "8 virtual CPUs boot: 600 -> 215 requests to flush, when one deferred flush replaces one per step",
                "direction",
                simulated.toString(),
                Basis.COUNTED,
                fewer,
                "recorded boots with one virtual CPU, on which the number of tables does not depend; the first figure is a"
                        + " what-if, see eras, the second one flush for each tear-down, of which Linux 6.1 makes none. 385"
                        + " requests less were published; the 215 that stayed have causes that no stream has, such as display"
                        + " updates that read the dirty log");
    }
}
