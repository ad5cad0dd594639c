package org.shadowmmu.engine.zap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shadowmmu.api.MemslotZapScope.EVERYTHING;
import static org.shadowmmu.api.MemslotZapScope.PAGES_OF_GFNS;
import static org.shadowmmu.api.MemslotZapScope.SLOT_LEAVES_THEN_TABLES;

import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.PagedGuest;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vcpu.GuestEntry;
import org.shadowmmu.engine.vm.AccessResult;

/** What the deletion of a memslot zaps in each scope (MS-20, MS-22 to MS-24) and each engine, with exact counts. */
class SlotScopesTest {
    private static final int RELOAD = VcpuRequests.FREE_OBSOLETE_ROOTS;

    private static TestMachine machine(MmuOptions options, MemslotZapScope scope) {
        return new TestMachine(options, 1, TestPolicy.zapping(scope));
    }

    /** What every scope promises: no leaf maps the slot, its accounts are zero, and every invariant holds. */
    private static void deleteSafely(TestMachine machine, int slot) {
        long first = machine.slot(slot).baseGfn();
        long end = machine.slot(slot).endGfn();
        machine.events.clear();
        machine.delete(slot);
        machine.audit();
        assertThat(leavesOf(machine, first, end)).isZero();
        assertThat(tablesIn(machine, first, end)).isZero();
    }

    private static long leavesOf(TestMachine machine, long first, long end) {
        return everyPage(machine).mapToLong(page -> leavesOf(page, first, end)).sum();
    }

    private static long leavesOf(ShadowPage page, long first, long end) {
        long leaves = 0;
        for (int i = 0; i < ShadowPage.ENTRIES; i++) {
            long spte = page.spt[i];
            if (Spte.present(spte) && Spte.leaf(spte, page.level())) {
                leaves += page.gfnOf(i) >= first && page.gfnOf(i) < end ? 1 : 0;
            }
        }
        return leaves;
    }

    /** Valid pages that shadow guest tables of the range: those that account to its slot (S4.5). */
    private static long tablesIn(TestMachine machine, long first, long end) {
        return everyPage(machine)
                .filter(page -> Role.hasGptes(page.role) && !Role.invalid(page.role))
                .filter(page -> page.gfn >= first && page.gfn < end)
                .count();
    }

    private static java.util.stream.Stream<ShadowPage> everyPage(TestMachine machine) {
        return java.util.stream.IntStream.range(0, machine.core.pages.idLimit())
                .mapToObj(machine.core.pages::slot)
                .filter(ShadowPage::live);
    }

    private static boolean reloadPending(TestMachine machine) {
        return machine.core.requests.pending(0, RELOAD);
    }

    private static long flushes(TestMachine machine) {
        return machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
    }

    /**
     * Two slots of 768 frames side by side, all read: the middle one of three tables serves both. Two-dimensional paging.
     */
    abstract static class TwoNeighbours {
        static final long SIZE = 0x300;

        abstract MmuOptions options();

        TestMachine touched(MemslotZapScope scope) {
            TestMachine machine = machine(options(), scope);
            machine.slot(0, 0, SIZE);
            machine.slot(1, SIZE, SIZE);
            for (long gfn = 0; gfn < 2 * SIZE; gfn++) {
                machine.read(gfn);
            }
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(2 * SIZE);
            return machine;
        }

        long root(TestMachine machine) {
            return machine.vm.vcpu(0).state().roots().current().page().id;
        }

        /** S4.3: the other slot's SPTEs, the root and the virtual CPU are left alone. */
        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES"})
        void claim4point3_theOtherSlotAndTheRootAreUntouched(MemslotZapScope scope) {
            TestMachine machine = touched(scope);
            long root = root(machine);
            long flushes = flushes(machine);
            long[] sharedTable = Arrays.copyOfRange(machine.pageFor(SIZE).spt, 0x100, 0x200);

            deleteSafely(machine, 0);

            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(SIZE);
            assertThat(leavesOf(machine, SIZE, 2 * SIZE)).isEqualTo(SIZE);
            assertThat(Arrays.copyOfRange(machine.pageFor(SIZE).spt, 0x100, 0x200))
                    .isEqualTo(sharedTable);
            assertThat(root(machine)).isEqualTo(root);
            assertThat(reloadPending(machine)).isFalse();
            assertThat(flushes(machine)).isEqualTo(flushes + 1);
            for (long gfn = SIZE; gfn < 2 * SIZE; gfn++) {
                assertThat(machine.read(gfn)).isEqualTo(AccessResult.HIT);
            }
        }

        /** The root goes in this scope; what the other slot maps comes back fault by fault. */
        @Test
        void everythingGoesWithTheRoot() {
            TestMachine machine = touched(EVERYTHING);

            deleteSafely(machine, 0);

            assertThat(machine.stat(Counter.PAGES_4K)).isZero();
            assertThat(reloadPending(machine)).isTrue();
            assertThat(machine.read(SIZE)).isEqualTo(AccessResult.FAULT);
            machine.audit();
        }
    }

    /** The legacy MMU: tables at frames 0 (levels 4 to 1), 200 and 400. */
    @Nested
    class Direct extends TwoNeighbours {
        @Override
        MmuOptions options() {
            return MmuOptions.tdp();
        }

        @Test
        void everythingIsZappedInOrderOfCreationWithOneFlush() {
            TestMachine machine = touched(EVERYTHING);
            long flushes = flushes(machine);

            deleteSafely(machine, 0);

            assertThat(machine.events.take())
                    .containsExactly(
                            "zap_all gen 0 used 6",
                            "zap 0 l4 root 1",
                            "zap 0 l3",
                            "zap 0 l2",
                            "zap 0 l1",
                            "zap 200 l1",
                            "zap 400 l1");
            assertThat(flushes(machine)).isEqualTo(flushes + 1);
            assertThat(machine.vm.usedPages()).isEqualTo(1);
            machine.read(SIZE);
            assertThat(machine.events.take("zap", "get"))
                    .containsExactly(
                            "zap 0 l4 invalid", "get 0 l4 new", "get 0 l3 new", "get 0 l2 new", "get 200 l1 new");
        }

        /** S4.4: empty tables stay, and stay charged to the quota, until something else takes them. */
        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES"})
        void claim4point4_tablesStayAndStayCharged(MemslotZapScope scope) {
            TestMachine machine = touched(scope);

            deleteSafely(machine, 0);

            assertThat(machine.events.take()).isEmpty();
            assertThat(machine.vm.usedPages()).isEqualTo(6);
            long empty = everyPage(machine)
                    .filter(page -> page.presentEntries() == 0)
                    .count();
            assertThat(empty).isEqualTo(1).isLessThanOrEqualTo(SIZE / 512 + 3);
        }

        /** MS-22 takes pages by their first frame: the shared table, the upper ones and the root, which serve both slots. */
        @Test
        void pagesOfGfnsOverzapsWhatBeginsInTheSlot() {
            TestMachine machine = touched(PAGES_OF_GFNS);
            long flushes = flushes(machine);

            deleteSafely(machine, 0);

            assertThat(machine.events.take())
                    .containsExactly("zap 0 l1", "zap 0 l2", "zap 0 l3", "zap 0 l4 root 1", "zap 200 l1");
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(0x200);
            assertThat(flushes(machine)).isEqualTo(flushes + 1);
            assertThat(reloadPending(machine)).isTrue();
            assertThat(machine.activePages()).containsExactly("400 l1");
        }

        @Test
        void pagesOfGfnsSparesWhatBeginsElsewhere() {
            TestMachine machine = touched(PAGES_OF_GFNS);

            deleteSafely(machine, 1);

            assertThat(machine.events.take()).containsExactly("zap 400 l1");
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(SIZE);
            assertThat(reloadPending(machine)).isFalse();
        }
    }

    /** The TDP MMU; its tables are the same, but no quota counts them. */
    @Nested
    class TdpMmu extends TwoNeighbours {
        @Override
        MmuOptions options() {
            return MmuOptions.withTdpMmu();
        }

        /** S4.4: in the TDP MMU retained tables are never charged. */
        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES", "PAGES_OF_GFNS"})
        void claim4point4_leavesGoOneByOneAndTablesAreNeverCharged(MemslotZapScope scope) {
            TestMachine machine = touched(scope);
            long tables = everyPage(machine).count();

            deleteSafely(machine, 0);

            assertThat(machine.events.take())
                    .hasSize((int) SIZE)
                    .startsWith("changed 0 l1 e67 to 0", "changed 1 l1 e67 to 0")
                    .endsWith("changed 2ff l1 e67 to 0");
            assertThat(everyPage(machine).count()).isEqualTo(tables).isEqualTo(6);
            assertThat(machine.vm.usedPages()).isZero();
        }

        @Test
        void everythingGoesPassByPass() {
            TestMachine machine = touched(EVERYTHING);
            long flushes = flushes(machine);

            deleteSafely(machine, 0);

            assertThat(machine.events.take("zap_all", "zap"))
                    .containsExactly(
                            "zap_all gen 0 used 0", "zap 0 l2", "zap 0 l1", "zap 200 l1", "zap 400 l1", "zap 0 l3");
            assertThat(flushes(machine)).isEqualTo(flushes);
            assertThat(everyPage(machine).count()).isEqualTo(1);
        }
    }

    /** Shadow paging; tables at frames 14 (top), 13, 12 and, at level 1, 10 and 11: frames run against creation. */
    @Nested
    class Shadow {
        private static final int TABLES = 0;
        private static final int DATA = 1;
        private static final int MORE = 2;
        private static final int TOP = 3;

        private PagedGuest guest;

        private TestMachine touched(MemslotZapScope scope, long top) {
            TestMachine machine = machine(MmuOptions.shadow(), scope);
            machine.slot(TABLES, 0, 0x40);
            machine.slot(DATA, 0x1000, 0x20);
            machine.slot(MORE, 0x2000, 0x20);
            machine.slot(TOP, 0x3000, 0x10);
            guest = new PagedGuest(machine, 0);
            guest.chain(top, 0x13, 0x12, 0x11);
            guest.entry(0x12, 1, 0x10);
            guest.fill(0x11, 0, 0x1000, 16);
            guest.fill(0x10, 0, 0x2000, 16);
            guest.fill(0x10, 16, 0x10, 8);
            guest.start(top, 0x1000);
            for (long page = 0; page < 16; page += 8) {
                guest.read(0x200000 + (page << 12));
            }
            guest.read(0);
            guest.read(0x8000);
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(32);
            assertThat(machine.vm.usedPages()).isEqualTo(5);
            return machine;
        }

        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES", "PAGES_OF_GFNS"})
        void aSlotWithoutTablesLosesItsLeavesOnly(MemslotZapScope scope) {
            TestMachine machine = touched(scope, 0x14);
            long flushes = flushes(machine);

            deleteSafely(machine, MORE);

            assertThat(machine.events.take()).isEmpty();
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(16);
            assertThat(machine.vm.usedPages()).isEqualTo(5);
            assertThat(flushes(machine)).isEqualTo(flushes + 1);
            assertThat(reloadPending(machine)).isFalse();
            assertThat(guest.read(0)).isZero();
        }

        /** S4.5: with the rule for pages of guest tables no page accounts to the slot that goes; the root is one of them. */
        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES", "PAGES_OF_GFNS"})
        void claim4point5_tablesAndRootInTheSlotGoByAscendingFrame(MemslotZapScope scope) {
            TestMachine machine = touched(scope, 0x14);
            long flushes = flushes(machine);

            deleteSafely(machine, TABLES);

            assertThat(machine.events.take())
                    .containsExactly("zap 10 l1", "zap 11 l1", "zap 12 l2", "zap 13 l3", "zap 14 l4 root 1");
            assertThat(machine.stat(Counter.PAGES_4K)).isZero();
            assertThat(machine.core.pages.indirect()).isZero();
            assertThat(flushes(machine)).isEqualTo(flushes + 1);
            assertThat(reloadPending(machine)).isTrue();
            assertThat(guest.enter()).isEqualTo(GuestEntry.Result.TRIPLE_FAULT);
            assertThat(machine.events.take()).containsExactly("zap 14 l4 invalid");
            assertThat(machine.vm.usedPages()).isZero();
        }

        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES", "PAGES_OF_GFNS"})
        void claim4point3_aRootOutsideTheSlotStays(MemslotZapScope scope) {
            TestMachine machine = touched(scope, 0x3000);

            deleteSafely(machine, TABLES);

            assertThat(machine.events.take()).containsExactly("zap 10 l1", "zap 11 l1", "zap 12 l2", "zap 13 l3");
            assertThat(machine.activePages()).containsExactly("3000 l4");
            assertThat(reloadPending(machine)).isFalse();
            assertThat(guest.enter()).isEqualTo(GuestEntry.Result.ENTERED);
        }

        @Test
        void everythingGoesInOrderOfCreation() {
            TestMachine machine = touched(EVERYTHING, 0x14);

            deleteSafely(machine, MORE);

            assertThat(machine.events.take())
                    .containsExactly(
                            "zap_all gen 0 used 5",
                            "zap 14 l4 root 1",
                            "zap 13 l3",
                            "zap 12 l2",
                            "zap 10 l1",
                            "zap 11 l1");
            assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        }

        /** An unsync table in the slot ends its unsync state with the zap (ZAP-1.6). */
        @Test
        void anUnsyncTableInTheSlotGoesToo() {
            TestMachine machine = touched(SLOT_LEAVES_THEN_TABLES, 0x14);
            guest.store(0x200000 + (17 << 12), 0);
            assertThat(machine.stat(Counter.MMU_UNSYNC)).isEqualTo(1);

            deleteSafely(machine, TABLES);

            assertThat(machine.events.take())
                    .containsExactly(
                            "zap 10 l1",
                            "zap 11 l1 unsync",
                            "sync 11 l1 unsync",
                            "zap 12 l2",
                            "zap 13 l3",
                            "zap 14 l4 root 1");
            assertThat(machine.stat(Counter.MMU_UNSYNC)).isZero();
        }
    }

    /** An L2 on nested tables at frames 10 (top) to 13, over both engines. */
    @Nested
    class NestedPaging {
        private static final int TABLES = 0;
        private static final int DATA = 1;

        private PagedGuest guest;

        private TestMachine touched(MmuOptions options, MemslotZapScope scope) {
            TestMachine machine = machine(options, scope);
            machine.slot(TABLES, 0, 0x200);
            machine.slot(DATA, 0x1000, 0x200);
            guest = new PagedGuest(machine, 0);
            guest.chain(0x10, 0x11, 0x12, 0x13);
            guest.fill(0x13, 0, 0x1000, 16);
            guest.start(0x40, 0);
            machine.read(0x1000);
            guest.enterNested(0x10);
            machine.read(0);
            machine.read(8);
            return machine;
        }

        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES", "PAGES_OF_GFNS"})
        void aSlotWithoutTablesLosesItsLeavesInBothTrees(MemslotZapScope scope) {
            TestMachine machine = touched(MmuOptions.withTdpMmu(), scope);
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(17);

            deleteSafely(machine, DATA);

            assertThat(machine.events.take()).containsExactly("changed 1000 l1 e67 to 0");
            assertThat(machine.stat(Counter.PAGES_4K)).isZero();
            assertThat(machine.vm.usedPages()).isEqualTo(4);
            assertThat(reloadPending(machine)).isFalse();
        }

        /** The root is in use and first by frame; what loses its last parent follows it at once (ZAP-10, ZAP-11). */
        @ParameterizedTest
        @EnumSource(names = {"SLOT_LEAVES", "SLOT_LEAVES_THEN_TABLES"})
        void nestedTablesInTheSlotGoWithTheirOrphans(MemslotZapScope scope) {
            TestMachine machine = touched(MmuOptions.tdp(), scope);

            deleteSafely(machine, TABLES);

            assertThat(machine.events.take())
                    .containsExactly("zap 10 l4 root 1", "zap 11 l3", "zap 12 l2", "zap 13 l1");
            assertThat(machine.core.pages.indirect()).isZero();
            assertThat(reloadPending(machine)).isTrue();
        }

        @Test
        void theTdpMmuKeepsItsTablesWhenNestedTablesGo() {
            TestMachine machine = touched(MmuOptions.withTdpMmu(), SLOT_LEAVES_THEN_TABLES);

            deleteSafely(machine, TABLES);

            assertThat(machine.events.take("zap"))
                    .containsExactly("zap 10 l4 root 1", "zap 11 l3", "zap 12 l2", "zap 13 l1");
            assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(1);
            guest.leaveNested();
            assertThat(machine.read(0x1000)).isEqualTo(AccessResult.HIT);
        }

        @Test
        void pagesOfGfnsTakesTheDirectPagesThatBeginInTheSlotAsWell() {
            TestMachine machine = touched(MmuOptions.tdp(), PAGES_OF_GFNS);

            deleteSafely(machine, TABLES);

            assertThat(machine.events.take())
                    .startsWith("zap 0 l2", "zap 0 l3", "zap 0 l4 root 1", "zap 10 l4 root 1", "zap 11 l3");
        }

        @Test
        void everythingTakesBothRoots() {
            TestMachine machine = touched(MmuOptions.tdp(), EVERYTHING);

            deleteSafely(machine, DATA);

            assertThat(machine.events.take("zap"))
                    .containsExactly(
                            "zap 0 l4 root 1",
                            "zap 0 l3",
                            "zap 0 l2",
                            "zap 1000 l1",
                            "zap 10 l4 root 1",
                            "zap 11 l3",
                            "zap 12 l2",
                            "zap 13 l1");
            assertThat(machine.vm.usedPages()).isEqualTo(2);
        }
    }
}
