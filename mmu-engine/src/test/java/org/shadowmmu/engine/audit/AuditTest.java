package org.shadowmmu.engine.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.engine.cpu.HardwareWalk;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.shadow.Surgery;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.tlb.Tlb;
import org.shadowmmu.engine.vcpu.RootSurgery;
import org.shadowmmu.engine.vm.AccessKind;

/**
 * Every invariant is broken by hand, alone, in a machine that has a bit of everything; the audit names it and no other.
 */
class AuditTest {
    private static final long PLAIN = 0x10;
    private static final long READ_ONLY = 0x1000;
    private static final long HUGE = 0x2000;
    private static final long LOGGED = 0x3000;
    private static final long HOLE = 0x5000;
    private static final long DIRECTORY = 0x300;
    private static final long TABLE = 0x301;
    private static final int MIRROR = Role.withAccess(Role.EFER_NX | Role.CR0_WP, Role.ACC_ALL);

    private final TestMachine machine = TestMachine.direct();
    private final MmuCore core = machine.core;
    private final TestMachine tdp = TestMachine.with(MmuOptions.withTdpMmu());
    private TestMachine broken = machine;
    private ShadowPage spare;
    private ShadowPage directory;
    private ShadowPage table;

    @BeforeEach
    void aMachineWithABitOfEverything() {
        spare = core.pages.create(0x7000, Role.withLevel(MIRROR | Role.DIRECT, 1));
        core.policies.pageCreated(spare);
        machine.slot(0, 0, 0x800);
        machine.slot(1, READ_ONLY, 0x40, Memslot.READONLY, false);
        machine.slot(2, HUGE, 0x400, 0, true);
        machine.slot(3, LOGGED, 0x40, Memslot.LOG_DIRTY, false);
        for (long frame : new long[] {PLAIN, HUGE, LOGGED, HOLE, DIRECTORY, TABLE}) {
            machine.write(frame);
        }
        machine.read(READ_ONLY);
        directory = mirror(DIRECTORY, 2);
        table = mirror(TABLE, 1);
        directory.spt[5] = Spte.nonLeaf(table.id, false);
        table.parents = core.pages.lists().add(table.parents, PteLists.entry(directory.id, 5));
        table.unsync = true;
        core.counters.add(Counter.MMU_UNSYNC, 1);
        core.unsync.markParents(table);
        machine.audit();

        tdp.slot(0, 0, 0x800);
        tdp.write(PLAIN);
        tdp.write(DIRECTORY);
        tdp.audit();
    }

    /** Counts a directory at a frame, and no table. */
    private void track(long gfn) {
        machine.slot(0).countTable(gfn, 2, 1);
        machine.slot(0).countTable(gfn, 1, -1);
    }

    /** A page as SP-15 and SP-16 make it. */
    private ShadowPage mirror(long gfn, int level) {
        ShadowPage page = core.pages.create(gfn, Role.withLevel(MIRROR, level));
        core.policies.pageCreated(page);
        Memslot slot = machine.slot(0);
        core.pages.countIndirect(1);
        slot.countTable(gfn, level, 1);
        core.rmaps.protectGuestTable(slot, gfn, 1);
        return page;
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenInvariantIsFoundAndNoOther(Invariant invariant) {
        breakIt(invariant);

        List<AuditViolation> found = Audit.check(broken.vm);

        assertThat(found).extracting(AuditViolation::invariant).containsOnly(invariant);
        assertThat(found.get(0).toString())
                .startsWith(invariant.rule() + " " + invariant.checkName() + ": " + invariant.sentence() + ", but ")
                .endsWith(".");
    }

    private void breakIt(Invariant invariant) {
        switch (invariant) {
            case LIVE_PAGES_ARE_ACTIVE_OR_DETACHED_ROOTS -> {
                core.pages.unlist(spare);
                core.pages.countUnused();
            }
            case USED_PAGES_ARE_ACTIVE_PAGES_AND_DETACHED_ROOTS -> core.pages.countUnused();
            case ACTIVE_PAGES_ARE_IN_ORDER_OF_CREATION -> Surgery.swapWithOlder(core.pages, machine.pageFor(PLAIN));
            case OBSOLETE_PAGES_ARE_THE_OLDEST -> machine.pageFor(PLAIN).generation = 1;
            case RECLAIMABLE_PAGES_ARE_ACTIVE_PAGES_BUT_LIVE_ROOTS -> {
                core.pages.takeRoot(spare);
                spare.rootCount = 0;
            }
            case PAGES_ARE_IN_THEIR_HASH_CHAIN -> Surgery.cutChainBefore(newestOfFrame0(), root());
            case VISIBLE_PAGES_DIFFER_IN_FRAME_OR_ROLE -> core.pages.create(spare.gfn, spare.role);
            case ROOT_COUNTS_ARE_ROOT_SLOTS -> root().rootCount++;
            case ENTRIES_ARE_EMPTY_PRESENT_OR_MMIO -> spare.spt[7] = Spte.REMOVED;
            case LEAVES_ARE_IN_ONE_RMAP -> machine.slot(0).setRmap(1, (int) PLAIN, PteLists.EMPTY);
            case LINKS_ARE_IN_THEIR_CHILDS_PARENT_LIST -> machine.pageFor(PLAIN).parents = PteLists.EMPTY;
            case LEAF_STATISTICS_COUNT_LEAVES -> core.counters.add(Counter.PAGES_2M, 1);
            case NX_STATISTIC_COUNTS_SPLIT_PAGES -> spare.nxSplit = true;
            case WRITABLE_LEAVES_ARE_HOST_AND_MMU_WRITABLE -> change(PLAIN, 0, Spte.MMU_WRITABLE);
            case LEAVES_MAP_THE_MEMORY_OF_USABLE_SLOTS -> change(PLAIN, 1L << 13, 0);
            case READ_ONLY_SLOTS_ARE_NOT_WRITABLE -> change(READ_ONLY, Spte.HOST_WRITABLE, 0);
            case LEAVES_MAP_WHAT_THE_HOST_MAPS -> {
                machine.vm.host().setNotifier((backing, first, count) -> {});
                machine.discard(0, PLAIN, 1);
            }
            case WRITABLE_LEAVES_OF_LOGGED_SLOTS_ARE_DIRTY -> machine.slot(3).clearDirty(0, -1);
            case CURRENT_MMIO_ENTRIES_HAVE_NO_MEMORY ->
                machine.pageFor(PLAIN).spt[0x80] = Spte.mmio(0x80, Role.ACC_ALL, core.memslots.generation(0));
            case UNSYNC_PAGES_ARE_ACTIVE_AND_NO_ROOTS -> {
                core.pages.takeRoot(table);
                RootSurgery.hold(machine.vm.vcpu(0).state().guestMmu().roots.current(), table);
            }
            case ONLY_LEVEL_1_PAGES_OF_GUEST_TABLES_ARE_UNSYNC -> {
                directory.unsync = true;
                core.counters.add(Counter.MMU_UNSYNC, 1);
            }
            case UNSYNC_CHILDREN_COUNT_MARKS -> directory.unsyncChildren++;
            case WAYS_TO_UNSYNC_PAGES_ARE_MARKED -> {
                directory.unsyncChildren = 0;
                directory.unsyncChild = null;
            }
            case UNSYNC_STATISTIC_COUNTS_UNSYNC_PAGES -> core.counters.add(Counter.MMU_UNSYNC, -1);
            case INDIRECT_COUNT_IS_VALID_PAGES_OF_GUEST_TABLES -> core.pages.countIndirect(-1);
            case TRACK_COUNTS_ARE_SHADOWED_DIRECTORIES -> track(DIRECTORY);
            case DISALLOW_COUNTS_ARE_ALIGNMENT_AND_SHADOWED_TABLES ->
                machine.slot(0).countTable(0, 1, 1);
            case TDP_REFERENCES_ARE_ROOT_SLOTS -> {
                broken = tdp;
                tdp.core.tdpRoots.get(0).rootCount--;
            }
            case FOLDED_ENTRIES_LIE_IN_TDP_DIRECTORIES -> {
                broken = tdp;
                tdp.pageFor(PLAIN).spt[7] = FoldedEntry.EMPTY;
            }
            case TDP_TABLES_ARE_LINKED_ONCE -> {
                broken = tdp;
                tdp.core.pages.createTdp(0, Role.withLevel(MIRROR | Role.DIRECT, 2));
            }
            case TDP_ROOTS_ARE_CURRENT_OR_ZAPPED -> {
                broken = tdp;
                ShadowPage root = tdp.core.tdpRoots.get(0);
                ShadowPage second = tdp.core.pages.createTdp(0, root.role);
                second.rootCount = 1;
                tdp.core.tdpRoots.add(second);
            }
            case CACHED_TRANSLATIONS_ARE_STILL_IN_THE_TABLES -> {
                machine.vm.vcpu(0).state().setTlb(new Tlb(16, 2));
                machine.write(PLAIN);
                change(PLAIN, 0, Spte.WRITABLE);
            }
            case SHADOWED_GUEST_TABLES_ARE_WRITE_PROTECTED -> change(DIRECTORY, Spte.WRITABLE | Spte.MMU_WRITABLE, 0);
        }
    }

    private ShadowPage root() {
        return machine.vm.vcpu(0).state().roots().current().page();
    }

    private ShadowPage newestOfFrame0() {
        return core.pages.chain(0);
    }

    private void change(long frame, long set, long clear) {
        ShadowPage page = machine.pageFor(frame);
        int index = HardwareWalk.indexAt(page, frame << 12);
        page.spt[index] = page.spt[index] & ~clear | set;
    }

    @Test
    void everyCheckHasTheNameOfItsInvariant() {
        Stream<String> checks = Stream.of(
                        Census.class,
                        PageChecks.class,
                        RootChecks.class,
                        LinkChecks.class,
                        LeafChecks.class,
                        RmapChecks.class,
                        UnsyncChecks.class,
                        TdpChecks.class,
                        TlbChecks.class,
                        GuestTableChecks.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .map(java.lang.reflect.Method::getName);

        assertThat(checks)
                .contains(Arrays.stream(Invariant.values())
                        .map(Invariant::checkName)
                        .toArray(String[]::new));
    }

    @Test
    void theFindingNamesThePageAndBothNumbers() {
        root().rootCount = 3;

        assertThat(Audit.check(machine.vm))
                .extracting(AuditViolation::toString)
                .containsExactly(
                        "INV-17 rootCountsAreRootSlots: the root count of a page is the number of virtual CPU"
                                + " root slots that hold it, but the root count of page gfn 0x0 role 0x3784 is 3 instead of 1.");
    }

    /** INV-14: whatever is wrong with a reverse map is found. */
    @Test
    void reverseMapsHoldNothingElse() {
        Memslot slot = machine.slot(0);
        int leaf = PteLists.entry(machine.pageFor(PLAIN).id, (int) PLAIN);

        slot.setRmap(1, 0x400, leaf + 1);
        assertFound(Invariant.LEAVES_ARE_IN_ONE_RMAP, "the number of reverse maps is");
        slot.setRmap(1, 0x400, PteLists.EMPTY);

        int head = slot.rmap(1, (int) PLAIN);
        slot.setRmap(1, (int) PLAIN, core.pages.lists().add(head, leaf));
        assertFound(Invariant.LEAVES_ARE_IN_ONE_RMAP, "is in its reverse map 2 times instead of 1");

        slot.setRmap(1, (int) PLAIN, core.pages.lists().add(head, PteLists.entry(spare.id, 1)));
        assertFound(Invariant.LEAVES_ARE_IN_ONE_RMAP, "which maps no frame of it");
    }

    /** INV-14: whatever is wrong with a parent list is found. */
    @Test
    void parentListsHoldNothingElse() {
        int link = PteLists.entry(directory.id, 5);
        int head = table.parents;

        table.parents = core.pages.lists().add(head, link);
        assertFound(Invariant.LINKS_ARE_IN_THEIR_CHILDS_PARENT_LIST, "2 times instead of 1");

        table.parents = core.pages.lists().add(head, PteLists.entry(directory.id, 6));
        assertFound(Invariant.LINKS_ARE_IN_THEIR_CHILDS_PARENT_LIST, "which does not link it");
    }

    /** Leaves are checked and counted where they are folded, as elsewhere. */
    @Test
    void foldedLeavesAreChecked() {
        broken = tdp;
        int backing = tdp.slot(1, 0x1000, 0x400);
        tdp.vm.vcpu(0).mapWithoutFaults(0x1000, 0x400, AccessKind.WRITE);
        tdp.audit();

        tdp.core.counters.add(Counter.PAGES_4K, 1);
        assertFound(Invariant.LEAF_STATISTICS_COUNT_LEAVES, "pages_4k is 1027 instead of 1026");
        tdp.core.counters.add(Counter.PAGES_4K, -1);

        tdp.vm.host().setNotifier((memory, first, count) -> {});
        tdp.discard(backing, 0x3ff, 1);
        assertFound(Invariant.LEAVES_MAP_WHAT_THE_HOST_MAPS, "maps page 1023 of backing " + backing);
    }

    /** TDP-1: whatever is wrong with the tree of the TDP MMU is found. */
    @Test
    void treeOfTheTdpMmuIsATree() {
        broken = tdp;
        ShadowPage root = tdp.core.tdpRoots.get(0);
        ShadowPage level3 = tdp.core.pages.child(root.spt[0]);
        long link = level3.spt[0];

        level3.spt[1] = link;
        assertFound(Invariant.TDP_TABLES_ARE_LINKED_ONCE, "links something else than the table of its range");
        level3.spt[1] = 0;
        root.spt[0] = link;
        assertFound(Invariant.TDP_TABLES_ARE_LINKED_ONCE, "is 0 instead of 1");
    }

    /** TDP-20, TDP-21: an operation that invalidates roots zaps them. */
    @Test
    void rootOfTheTdpMmuThatWaitsForItsZapIsFound() {
        broken = tdp;
        tdp.core.tdpRoots.get(0).zapScheduled = true;

        assertFound(Invariant.TDP_ROOTS_ARE_CURRENT_OR_ZAPPED, "waits to be zapped");
    }

    /** TDP-3: one holder is the MMU itself. */
    @Test
    void rootOfTheTdpMmuHasOneHolderMore() {
        broken = tdp;
        tdp.core.tdpRoots.get(0).rootCount--;

        assertFound(Invariant.TDP_REFERENCES_ARE_ROOT_SLOTS, "is 1 instead of 2");
    }

    /** TDP-42: the leaves of the TDP MMU are looked at, too. */
    @Test
    void writableLeafOfTheTdpMmuOverAGuestTableIsFound() {
        broken = tdp;
        ShadowPage page = tdp.core.pages.create(DIRECTORY, Role.withLevel(MIRROR, 2));
        tdp.core.pages.countIndirect(1);
        tdp.slot(0).countTable(DIRECTORY, 2, 1);

        assertFound(
                Invariant.SHADOWED_GUEST_TABLES_ARE_WRITE_PROTECTED,
                "maps the table of " + Violations.name(page) + ", which is not unsync");
    }

    /** OV-9: what a flush will remove may be there until then. */
    @Test
    void cachedTranslationMayBeStaleWhileAFlushIsAskedFor() {
        machine.vm.vcpu(0).state().setTlb(new Tlb(16, 2));
        machine.write(PLAIN);
        machine.write(PLAIN + 1);
        machine.discard(0, PLAIN, 1);
        machine.audit();
        core.requests.take(0, VcpuRequests.TLB_FLUSH);
        assertFound(
                Invariant.CACHED_TRANSLATIONS_ARE_STILL_IN_THE_TABLES,
                "virtual CPU 0 translates page 0x10 to host frame 0x40010 with rights 0xe67");
    }

    /** TDP-16. */
    @Test
    void frozenEntryIsFound() {
        broken = tdp;
        tdp.pageFor(PLAIN).spt[0x80] = Spte.REMOVED;

        assertFound(Invariant.ENTRIES_ARE_EMPTY_PRESENT_OR_MMIO, "is none of these");
    }

    /** INV-11: also a frame that no directory lies in. */
    @Test
    void frameWithoutDirectoryIsNotTracked() {
        track(0x500);

        assertFound(Invariant.TRACK_COUNTS_ARE_SHADOWED_DIRECTORIES, "the number of tracked frames of slot 0 is 2");
    }

    /** INV-12: also a frame that no table lies in, in a block where another one does. */
    @Test
    void frameWithoutTableIsNotCounted() {
        Memslot slot = machine.slot(0);
        slot.countTable(0x500, 1, 1);

        assertFound(
                Invariant.DISALLOW_COUNTS_ARE_ALIGNMENT_AND_SHADOWED_TABLES,
                "the number of shadowed frames of slot 0 is");
    }

    /** The state DETACHED-ROOT of spec 13. */
    @Test
    void zappedRootInUseIsLegal() {
        machine.delete(1);

        assertThat(root().listed()).isFalse();
        assertThat(Role.invalid(root().role)).isTrue();
        machine.audit();
    }

    /** Memory of a slot that is going must not be reachable (MS-11). */
    @Test
    void leafOfADyingSlotIsFound() {
        core.memslots.invalidate(machine.slot(1));

        assertFound(Invariant.LEAVES_MAP_THE_MEMORY_OF_USABLE_SLOTS, "which lies in a slot that is being deleted");
    }

    @Test
    void aLongListOfFindingsIsCut() {
        for (int index = 0; index < 200; index++) {
            spare.spt[index] = Spte.REMOVED;
        }

        assertThat(Audit.check(machine.vm)).hasSize(50);
    }

    private void assertFound(Invariant invariant, String words) {
        List<AuditViolation> found = Audit.check(broken.vm);
        assertThat(found).extracting(AuditViolation::invariant).containsOnly(invariant);
        assertThat(found).extracting(AuditViolation::finding).anyMatch(finding -> finding.contains(words));
    }
}
