package org.shadowmmu.engine.tdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vm.AccessResult;

/**
 * Tear-down of a root of the TDP MMU in every order (TDP-14, TDP-22, TDP-23), counted out on a guest of three full tables:
 * below the root one table of level 3, one of level 2 and three of level 1 with 1,536 leaves.
 */
class RootTearDownTest {
    private static final int TABLES = 5;
    private static final int LEAVES = 3 * 512;
    private static final int PAGES_OF_GIB = 1 << 18;

    private static TestMachine touched(PolicyRuntime policies, int pages) {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 1, policies);
        machine.slot(0, 0, pages);
        for (long gfn = 0; gfn < pages; gfn++) {
            machine.read(gfn);
            machine.events.clear();
        }
        return machine;
    }

    private static long livePages(TestMachine machine) {
        return IntStream.range(0, machine.core.pages.idLimit())
                .mapToObj(machine.core.pages::slot)
                .filter(ShadowPage::live)
                .count();
    }

    private static List<String> tornDown(RootZapOrder order) {
        TestMachine machine = touched(TestPolicy.tearingDown(order), LEAVES);
        machine.delete(0);
        machine.audit();
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(livePages(machine))
                .as("the root, which the virtual CPU still holds")
                .isEqualTo(1);
        return machine.events.take("changed", "zap");
    }

    private static long leavesCut(List<String> events) {
        return events.stream()
                .filter(event -> event.matches("changed .* l1 e67 to .*"))
                .count();
    }

    /**
     * Reported per order: each table torn down below a cut reports 512 entries, each cut one. WHOLE_ROOT cuts once above
     * five tables; ONE_GIB_THEN_ROOT cuts at levels 3 and 4; LEAVES_FIRST cuts 1,536 leaves, 3 tables, and as before.
     *
     * <p>S2.6: the SPTEs that are really zapped are the same in every order.
     */
    @ParameterizedTest
    @CsvSource({"WHOLE_ROOT, 2561", "ONE_GIB_THEN_ROOT, 2562", "LEAVES_FIRST, 4101"})
    void claim2point6_everyOrderZapsTheSameLeavesAndTables(RootZapOrder order, int changes) {
        List<String> events = tornDown(order);

        assertThat(events).filteredOn(event -> event.startsWith("changed")).hasSize(changes);
        assertThat(events).filteredOn(event -> event.startsWith("zap")).hasSize(TABLES);
        assertThat(leavesCut(events)).isEqualTo(LEAVES);
    }

    @Test
    void wholeRootCutsTheTopEntryOnce() {
        assertThat(tornDown(RootZapOrder.WHOLE_ROOT))
                .startsWith(
                        "changed 0 l4 827 to 0",
                        "zap 0 l3",
                        "changed 0 l3 827 to 5a0",
                        "zap 0 l2",
                        "changed 0 l2 827 to 5a0",
                        "zap 0 l1",
                        "changed 0 l1 e67 to 5a0",
                        "changed 1 l1 e67 to 5a0")
                .endsWith("changed 7fc0000 l3 0 to 5a0");
    }

    @Test
    void oneGibThenRootCutsBelowTheTopFirst() {
        List<String> events = tornDown(RootZapOrder.ONE_GIB_THEN_ROOT);

        assertThat(events).startsWith("changed 0 l3 827 to 0", "zap 0 l2", "changed 0 l2 827 to 5a0", "zap 0 l1");
        assertThat(events.subList(1 + 1 + 2048 + 3, events.size()))
                .hasSize(514)
                .startsWith("changed 0 l4 827 to 0", "zap 0 l3", "changed 0 l3 0 to 5a0");
    }

    @Test
    void leavesFirstCutsEveryLevelByItself() {
        List<String> events = tornDown(RootZapOrder.LEAVES_FIRST);

        assertThat(events.subList(0, LEAVES)).allMatch(event -> event.endsWith("l1 e67 to 0"));
        assertThat(events.subList(LEAVES, LEAVES + 3))
                .containsExactly("changed 0 l2 827 to 0", "zap 0 l1", "changed 0 l1 0 to 5a0");
        assertThat(events.subList(LEAVES + 3 * 514, LEAVES + 3 * 514 + 2))
                .containsExactly("changed 0 l3 827 to 0", "zap 0 l2");
        assertThat(events).contains("changed 0 l4 827 to 0", "zap 0 l3");
    }

    /** S2.9: what is not there is reported by a shared tear-down, but no statistic moves for it. */
    @ParameterizedTest
    @EnumSource(names = "UPSTREAM", mode = EnumSource.Mode.EXCLUDE)
    void claim2point9_entriesThatAreNotPresentAreNeverCounted(RootZapOrder order) {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 1, TestPolicy.tearingDown(order));
        machine.slot(0, 0, LEAVES);
        machine.read(0x180);
        machine.events.clear();

        machine.delete(0);

        assertThat(leavesCut(machine.events.take("changed"))).isEqualTo(1);
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(machine.stat(Counter.MMU_SHADOW_ZAPPED)).isZero();
    }

    /**
     * S2.7, tables kept: after the leaves of 1 GiB went and came back no table was made, and there was one fault per leaf.
     * What is kept is 2 MiB: 512 tables of level 1.
     */
    @Test
    void claim2point7_keptTablesServeAgain() {
        TestMachine machine = touched(TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES), PAGES_OF_GIB);
        assertThat(livePages(machine)).isEqualTo(515);
        long faults = machine.stat(Counter.PF_TAKEN);

        machine.discard(0, 0, PAGES_OF_GIB);
        machine.audit();

        assertThat(machine.events.take("zap", "get")).isEmpty();
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(livePages(machine)).isEqualTo(515);
        assertThat(machine.vm.usedPages()).isZero();
        for (long gfn = 0; gfn < PAGES_OF_GIB; gfn++) {
            assertThat(machine.read(gfn)).isEqualTo(AccessResult.FAULT);
        }
        assertThat(machine.events.take("get")).isEmpty();
        assertThat(machine.stat(Counter.PF_TAKEN)).isEqualTo(faults + PAGES_OF_GIB);
    }

    /** S2.7, full zap: 515 tables per GiB are made again. */
    @Test
    void claim2point7_aTornDownRootIsBuiltAgain() {
        TestMachine machine = touched(PolicyRuntime.upstream(), PAGES_OF_GIB);
        machine.slot(1, PAGES_OF_GIB, 1);
        machine.delete(1);
        machine.audit();
        machine.events.clear();

        long made = 0;
        for (long gfn = 0; gfn < PAGES_OF_GIB; gfn++) {
            assertThat(machine.read(gfn)).isEqualTo(AccessResult.FAULT);
            made += machine.events.take("get").size();
        }

        assertThat(made).isEqualTo(515);
    }

    /** TDP-24 aside, a second root (of L2 without nested paging) is torn down after the first, newest first (TDP-21). */
    @Test
    void rootsGoInListOrder() {
        TestMachine machine = touched(PolicyRuntime.upstream(), LEAVES);
        var vcpu = machine.vm.vcpu(0);
        vcpu.nesting().enterWithoutNestedPaging(vcpu.state(), new org.shadowmmu.engine.vcpu.ControlState(0, 0, 0, 0));
        machine.read(0x200);
        machine.events.clear();

        machine.delete(0);

        assertThat(machine.events.take("zap"))
                .containsExactly(
                        "zap 0 l2",
                        "zap 200 l1",
                        "zap 0 l3",
                        "zap 0 l2",
                        "zap 0 l1",
                        "zap 200 l1",
                        "zap 400 l1",
                        "zap 0 l3");
        machine.audit();
    }
}
