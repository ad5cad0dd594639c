package org.shadowmmu.lab.reproduce;

import java.util.List;
import java.util.Map;
import org.shadowmmu.api.Decision;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.lock.Yielding;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;

/**
 * S3.8: the kernel's walk over obsolete pages ends at the first current page, which is right for a list in order of creation
 * only. Here the list is the policy's, as it would be if a policy re-ordered the kernel's one list.
 */
final class ObsoleteOrder {
    private static final int TABLE = 512;
    private static final int TABLES = 64;
    private static final long OTHER_SLOT = 1L << 22;

    private ObsoleteOrder() {}

    /** What a deletion of a slot left. */
    private record Left(long obsolete, long revived) {}

    private static Left left(Bench bench, String policy, Map<String, String> parameters, WhatIf walk) {
        VirtualMachine machine = bench.taking(
                Decision.RECLAIM_ORDER, policy, parameters, MmuOptions.tdp().withWhatIfs(walk), 2);
        long pages = (long) TABLES * TABLE;
        machine.host().addBacking(0, pages, false);
        machine.host().addBacking(1, TABLE, false);
        machine.setMemslot(0, 0, 0, pages, 0, 0, 0);
        machine.setMemslot(0, 1, OTHER_SLOT, TABLE, 0, 1, 0);
        for (long gfn = 0; gfn < pages; gfn += TABLE) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
        }

        // Somebody always waits for the lock, and faults while it is free.
        machine.lock().setYielding(new Yielding() {
            private long next;

            @Override
            public boolean wanted(YieldPoint point) {
                return point == YieldPoint.OBSOLETE_BATCH;
            }

            @Override
            public void released(YieldPoint point) {
                machine.vcpu(1).accessGpa(next << 12, AccessKind.WRITE);
                next = (next + TABLE) % pages;
            }
        });
        machine.setMemslot(0, 1, 0, 0, 0, 1, 0);
        long obsolete = obsolete(machine);
        machine.core().pages.toggleGeneration();
        return new Left(obsolete, machine.core().pages.listedCount() - obsolete(machine));
    }

    private static long obsolete(VirtualMachine machine) {
        long count = 0;
        for (ShadowPage page = machine.core().pages.oldest(); page != null; page = page.newer()) {
            count += page.obsolete() ? 1 : 0;
        }
        return count;
    }

    static Finding measure(Bench bench) {
        Left early = left(bench, "leaf-first", Map.of(), WhatIf.OBSOLETE_WALK_IN_RECLAIM_ORDER);
        Left whole = left(bench, "leaf-first", Map.of(), WhatIf.OBSOLETE_WALK_TO_THE_END);
        List<Long> movedUp = List.of("allocation", "mapping", "lookup").stream()
                .map(on -> left(bench, "lru-moveup", Map.of("on", on), WhatIf.OBSOLETE_WALK_IN_RECLAIM_ORDER).obsolete)
                .toList();
        return new Finding(
                "S3.8",
                "a policy that re-orders the list, and a walk that ends at the first current page: obsolete pages stay; a"
                        + " walk to the end leaves none",
                "more than 0, and 0",
                early.obsolete + " of " + (TABLES + 3) + " left under leaf-first, " + whole.obsolete
                        + " with a walk to the end",
                Basis.COUNTED,
                early.obsolete > 0 && whole.obsolete == 0,
                "the next deletion makes the " + early.revived + " current again; moving parents up leaves " + movedUp
                        + " (on allocation, mapping, lookup), because nobody uses an old page after the change");
    }
}
