package org.shadowmmu.engine.zap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;

/** Which pages go when the quota is used up, and how they are counted (ZAP-1 to ZAP-4, ZAP-15, ZAP-20 to ZAP-23, ZAP-44). */
class ReclaimTest {
    private TestMachine machine = small(PolicyRuntime.upstream());

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    /** 256 MiB, quota 64. */
    private static TestMachine small(PolicyRuntime policies) {
        TestMachine made = new TestMachine(MmuOptions.tdp(), 1, policies);
        made.slot(0, 0, 0x10000);
        made.vm.setQuota(64);
        return made;
    }

    /** Touches the first page of 2 MiB regions; each needs a page table of its own. */
    private void touchRegions(int from, int to) {
        for (int region = from; region < to; region++) {
            machine.read((long) region << 9);
        }
    }

    /** PF-20, ZAP-44: nothing goes while five pages are free. */
    @Test
    void fivePagesAreKeptFree() {
        touchRegions(0, 57);

        assertThat(machine.vm.usedPages()).isEqualTo(60);
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isZero();
    }

    /** PF-20, PF-22: a write that makes the host copy its page starts again; when it reclaims depends on the kernel. */
    @Test
    void aFaultThatTheHostOutranReclaimsBeforeOrAfter() {
        assertThat(copyOnWriteWhenPagesAreScarce(Era.LINUX_6_1)).startsWith("fault", "unmap", "zap");
        assertThat(copyOnWriteWhenPagesAreScarce(Era.LINUX_6_12)).startsWith("fault", "unmap", "fault", "zap");
    }

    private List<String> copyOnWriteWhenPagesAreScarce(Era era) {
        machine = new TestMachine(MmuOptions.tdp().withEra(era), 1, PolicyRuntime.upstream());
        int backing = machine.slot(0, 0, 0x10000);
        machine.vm.setQuota(64);
        machine.discard(backing, 5, 1);
        machine.read(5);
        touchRegions(0, 57);
        machine.events.clear();

        machine.write(5);

        assertThat(machine.stat(Counter.MMU_RECYCLED)).isEqualTo(21);
        return machine.events.take("fault", "unmap", "zap").stream()
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    /** ZAP-20, ZAP-21: the oldest creations, whatever their level; the root in use is passed over. */
    @Test
    void theOldestPagesGoUntil25AreFree() {
        touchRegions(0, 57);
        machine.events.clear();

        touchRegions(57, 58);

        List<String> events = machine.events.take("zap", "requested", "get");
        assertThat(events)
                .startsWith("zap 0 l3", "zap 0 l2", "zap 0 l1", "zap 200 l1", "zap 400 l1")
                .endsWith("zap 2400 l1", "requested 7200 l1", "get 0 l3 new", "get 0 l2 new", "get 7200 l1 new")
                .hasSize(21 + 4);
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isEqualTo(21);
        assertThat(machine.stat(Counter.MMU_SHADOW_ZAPPED)).isEqualTo(21);
        assertThat(machine.vm.usedPages()).isEqualTo(60 - 21 + 3);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS))
                .as("one commit")
                .isOne();
    }

    /** ZAP-4, ZAP-21: children stay, are found again, and their leaves are still there. */
    @Test
    void orphanedChildIsFoundAgain() {
        touchRegions(0, 58);
        long leaves = machine.stat(Counter.PAGES_4K);
        machine.events.clear();

        machine.read(50 << 9);

        assertThat(machine.events.take("get")).containsExactly("get 6400 l1 existing");
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(leaves);
        assertThat(machine.stat(Counter.MMU_CACHE_MISS)).isEqualTo(61 + 2);
    }

    /** ZAP-1.3, ST-31: the leaves of a victim go. */
    @Test
    void theLeavesOfAVictimGo() {
        touchRegions(0, 58);
        machine.events.clear();

        machine.read(0);

        assertThat(machine.events.take("get")).containsExactly("get 0 l1 new");
    }

    /** PF-20, PF-21: up to four pages are made without a new look at the quota. */
    @Test
    void theQuotaIsNeverExceededByFaultsThatMakeFewPages() {
        for (int i = 0; i < 2000; i++) {
            machine.read((long) (i * 37 % 128) << 9);
            assertThat(machine.vm.usedPages()).isLessThanOrEqualTo(64);
        }
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isEqualTo(machine.stat(Counter.MMU_SHADOW_ZAPPED));
    }

    /** SP-30: a root load looks at the quota, too. */
    @Test
    void aRootLoadMakesRoom() {
        touchRegions(0, 57);
        machine.events.clear();
        machine.vm.vcpu(0).registers().setAll(machine.vm.vcpu(0).state(), 0, 0x1000, 0, 0);

        machine.vm.vcpu(0).enter();

        assertThat(machine.events.take("zap", "get"))
                .startsWith("zap 0 l4", "zap 0 l3")
                .endsWith("get 0 l4 new")
                .hasSize(21 + 1);
    }

    /** ZAP-3: what goes with a victim counts 1, however much it is; and what goes really goes. */
    @Test
    void aChildThatGoesWithItsParentCountsOnceWhateverGoesWithIt() {
        machine = small(TestPolicy.zappingChildren());
        touchRegions(0, 57);

        touchRegions(57, 58);

        assertThat(machine.stat(Counter.MMU_RECYCLED))
                .as("the level-3 page and its child")
                .isEqualTo(2);
        assertThat(machine.stat(Counter.MMU_SHADOW_ZAPPED)).isEqualTo(59);
        assertThat(machine.vm.usedPages()).isEqualTo(1 + 3);
    }

    /** ZAP-11: depth first, by index, each page before its children. */
    @Test
    void childrenGoDepthFirst() {
        machine = small(TestPolicy.zappingChildren());
        touchRegions(0, 57);
        machine.events.clear();

        touchRegions(57, 58);

        assertThat(machine.events.take("zap"))
                .startsWith("zap 0 l3", "zap 0 l2", "zap 0 l1", "zap 200 l1", "zap 400 l1")
                .endsWith("zap 7000 l1");
    }

    /** The decision of a policy, and nothing else, names the victims. */
    @Test
    void aPolicyNamesTheVictims() {
        machine = small(TestPolicy.youngestFirst());
        touchRegions(0, 57);
        machine.events.clear();

        touchRegions(57, 58);

        assertThat(machine.events.take("zap"))
                .startsWith("zap 7000 l1", "zap 6e00 l1")
                .endsWith("zap 4800 l1")
                .hasSize(21);
        assertThat(machine.vm.usedPages()).isEqualTo(60 - 21 + 1);
    }
}
