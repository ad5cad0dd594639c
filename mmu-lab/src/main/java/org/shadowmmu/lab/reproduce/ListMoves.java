package org.shadowmmu.lab.reproduce;

import java.util.Locale;
import java.util.Map;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;
import org.shadowmmu.lab.time.Cost;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.time.WorkDone;

/** S3.7: what moving ancestors up costs, on each allocation and on each mapping. No quota is reached. */
final class ListMoves {
    private static final int TABLE = 512;
    private static final int TABLES = 64;
    /** PD, PDPT and root. */
    private static final int ANCESTORS = 3;

    private ListMoves() {}

    /** The work of filling {@value #TABLES} tables once the directories and the first table exist. */
    private static WorkDone fill(Bench bench, String on) {
        VirtualMachine machine = bench.under("lru-moveup", Map.of("on", on), MmuOptions.tdp(), 1, null);
        long pages = (TABLES + 1L) * TABLE;
        machine.host().addBacking(0, pages, false);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        machine.setQuota(2 * TABLES);
        for (long gfn = 0; gfn < TABLE; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        WorkDone before = WorkDone.of(machine);
        for (long gfn = TABLE; gfn < pages; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }
        return WorkDone.of(machine).since(before);
    }

    private static double nanosPerFault(WorkDone work, CostModel costs) {
        return work.get(WorkCounter.LIST_MOVES) * costs.of(Cost.LIST_MOVE) / work.get(Counter.PF_TAKEN);
    }

    static Pending<Finding> measure(Bench bench) {
        Pending<WorkDone> allocation = bench.start(() -> fill(bench, "allocation"));
        Pending<WorkDone> mapping = bench.start(() -> fill(bench, "mapping"));
        return () -> finding(allocation.get(), mapping.get(), bench.costs());
    }

    private static Finding finding(WorkDone allocation, WorkDone mapping, CostModel costs) {
        long perTable = allocation.get(WorkCounter.LIST_MOVES);
        long perLeaf = mapping.get(WorkCounter.LIST_MOVES);
        long leaves = (long) TABLES * TABLE;
        return new Finding(
                "S3.7",
                "parents move up: 3 moves in the list per allocation with 4 levels, 3 per mapping in the other form, up to"
                        + " 512 times more; ns per fault",
                "hard",
                String.format(
                        Locale.ROOT,
                        "%,d moves for %d allocations, %,d for %,d mappings, %d times more; %.2f and %.0f ns per fault",
                        perTable,
                        TABLES,
                        perLeaf,
                        leaves,
                        perLeaf / perTable,
                        nanosPerFault(allocation, costs),
                        nanosPerFault(mapping, costs)),
                Basis.COUNTED,
                perTable == (long) ANCESTORS * TABLES && perLeaf == (ANCESTORS + 1) * leaves,
                "a mapping moves the table itself as well, so 4 moves, of which 3 are ancestors: 512 times those of an"
                        + " allocation; a fault prefetches 7 more mappings; the price of a move is estimated");
    }
}
