package org.shadowmmu.engine.zap;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.lock.YieldPoint;
import org.shadowmmu.engine.lock.Yielding;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vm.AccessKind;

/** Everything goes by a new generation, roots in use last (ZAP-7, ZAP-8, ZAP-60 to ZAP-62, MS-20, EX-11). */
class FastZapTest {
    private TestMachine machine = new TestMachine(MmuOptions.tdp(), 2, PolicyRuntime.upstream());

    @BeforeEach
    void aTree() {
        fill(machine);
    }

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    private static void fill(TestMachine machine) {
        machine.slot(0, 0, 0x1000);
        machine.slot(1, 0x2000, 0x10);
        machine.read(0x10);
        machine.read(0x210);
        machine.events.clear();
    }

    private void useByBoth() {
        machine.vm.vcpu(1).accessGpa(0x10000, AccessKind.READ);
        machine.events.clear();
    }

    /** ZAP-60, ZAP-62: oldest first, whatever the level; the root in use is reported with its users. */
    @Test
    void everyPageIsZappedInOrderOfCreation() {
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.delete(1);

        assertThat(machine.events.take())
                .containsExactly(
                        "zap_all gen 0 used 5", "zap 0 l4 root 1", "zap 0 l3", "zap 0 l2", "zap 0 l1", "zap 200 l1");
        assertThat(machine.core.pages.generation()).isOne();
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(machine.activePages()).isEmpty();
    }

    /** ZAP-7: the root stays allocated and counted until it is released. */
    @Test
    void theRootInUseIsDetached() {
        ShadowPage root = machine.vm.vcpu(0).state().roots().current().page();

        machine.delete(1);

        assertThat(root.listed()).isFalse();
        assertThat(root.live()).isTrue();
        assertThat(machine.vm.usedPages()).isOne();
    }

    /** ZAP-8, VC-20: the next entry frees it, with a second event, and loads a new one. */
    @Test
    void theNextEntryFreesTheRootForGood() {
        machine.delete(1);
        machine.events.clear();
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.read(0x10);

        assertThat(machine.events.take("zap", "get", "fault"))
                .containsExactly(
                        "zap 0 l4 invalid",
                        "get 0 l4 new",
                        "fault 10000 error 100000004",
                        "get 0 l3 new",
                        "get 0 l2 new",
                        "get 0 l1 new");
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        assertThat(machine.stat(Counter.TLB_FLUSH)).as("both flushes by one").isOne();
        assertThat(machine.stat(Counter.MMU_SHADOW_ZAPPED)).isEqualTo(6);
        assertThat(machine.vm.usedPages()).isEqualTo(4);
    }

    /** ZAP-8: the last user frees it. */
    @Test
    void aRootOfTwoVirtualCpusIsFreedByTheSecond() {
        useByBoth();

        machine.delete(1);
        assertThat(machine.events.take("zap")).startsWith("zap 0 l4 root 2");
        assertThat(machine.vm.usedPages()).isOne();

        machine.read(0x10);
        assertThat(machine.events.take("zap", "get")).startsWith("get 0 l4 new");
        assertThat(machine.vm.usedPages()).as("old root and new tree").isEqualTo(5);

        machine.vm.vcpu(1).accessGpa(0x10000, AccessKind.READ);
        assertThat(machine.events.take()).containsExactly("zap 0 l4 invalid", "get 0 l4 root 1 existing");
        assertThat(machine.vm.usedPages()).isEqualTo(4);
    }

    /** ZAP-60: two deletions without an entry between them. */
    @Test
    void theGenerationTogglesBack() {
        machine.slot(2, 0x3000, 0x10);
        machine.delete(1);
        machine.events.clear();

        machine.delete(2);

        assertThat(machine.events.take()).containsExactly("zap_all gen 1 used 1");
        assertThat(machine.core.pages.generation()).isZero();
        machine.read(0x10);
        assertThat(machine.events.take("zap")).containsExactly("zap 0 l4 invalid");
    }

    /** ZAP-63, MS-4: the 19 bits that MMIO entries keep of the generation begin again. */
    @Test
    void wrappedMmioGenerationZapsEverything() {
        assertThat(machine.core.memslots.generation(0)).isEqualTo(4);
        machine.events.clear();
        int changes = (1 << 19) / 2 - 2;
        for (int change = 1; change < changes; change++) {
            machine.vm.setMemslot(0, 1, 0x2000, 0x10, change & 1, 1, 0);
        }
        assertThat(machine.events.take("zap_all")).isEmpty();

        machine.vm.setMemslot(0, 1, 0x2000, 0x10, changes & 1, 1, 0);

        assertThat(machine.core.memslots.generation(0)).isEqualTo(1 << 19);
        assertThat(machine.events.take("zap_all")).containsExactly("zap_all gen 0 used 5");
    }

    /** ZAP-61: a policy that zaps children makes the scan start again. */
    @Test
    void childrenThatGoWithTheirParentDoNotDisturbTheScan() {
        machine = new TestMachine(MmuOptions.tdp(), 2, TestPolicy.zappingChildren());
        fill(machine);

        machine.delete(1);

        assertThat(machine.events.take("zap"))
                .containsExactly("zap 0 l4 root 1", "zap 0 l3", "zap 0 l2", "zap 0 l1", "zap 200 l1");
        assertThat(machine.vm.usedPages()).isOne();
    }

    /** Tables before directories, in two queues. */
    private static final class TablesFirst implements MmuPolicy, ReclaimOrder {
        private final PageQueue tables;
        private final PageQueue directories;

        TablesFirst(PolicyContext context) {
            tables = context.newQueue();
            directories = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            (page.level() == 1 ? tables : directories).addYoungest(page);
        }

        @Override
        public @Nullable ShadowPageView nextVictim() {
            ShadowPageView table = tables.oldestVictim();
            return table == null ? directories.oldestVictim() : table;
        }
    }

    /** Twelve tables; at the first yield virtual CPU 1 makes a current one, which that order puts before the directories. */
    private long leftObsolete(WhatIf... whatIfs) {
        machine = new TestMachine(
                MmuOptions.tdp().withWhatIfs(whatIfs), 2, TestPolicy.runtime(Decision.RECLAIM_ORDER, TablesFirst::new));
        machine.slot(0, 0, 0x2000);
        machine.slot(1, 0x3000, 0x10);
        for (int table = 0; table < 12; table++) {
            machine.read(table << 9);
        }

        machine.vm.lock().setYielding(new Yielding() {
            private boolean done;

            @Override
            public boolean wanted(YieldPoint point) {
                return !done && point == YieldPoint.OBSOLETE_BATCH;
            }

            @Override
            public void released(YieldPoint point) {
                done = true;
                machine.vm.vcpu(1).accessGpa(0x10000, AccessKind.READ);
            }
        });

        machine.delete(1);

        long obsolete = 0;
        for (ShadowPage page = machine.core.pages.oldest(); page != null; page = page.newer()) {
            obsolete += page.obsolete() ? 1 : 0;
        }
        return obsolete;
    }

    @Test
    void anotherOrderMakesTheWalkStopTooEarly() {
        assertThat(leftObsolete(WhatIf.OBSOLETE_WALK_IN_RECLAIM_ORDER))
                .as("PD, PDPT and root")
                .isEqualTo(3);
    }

    @Test
    void theWholeOrderOrTheOrderOfCreationLeavesNothing() {
        assertThat(leftObsolete(WhatIf.OBSOLETE_WALK_TO_THE_END)).isZero();
        assertThat(leftObsolete()).isZero();
    }
}
