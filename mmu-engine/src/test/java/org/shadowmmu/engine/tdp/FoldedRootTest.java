package org.shadowmmu.engine.tdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.lock.LockFigure;
import org.shadowmmu.engine.lock.LockedWork;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.AccessResult;

/** Ranges that are mapped without faults, and the folded entries that stand for them (TDP-1, TDP-14, TDP-22). */
class FoldedRootTest {
    private static final long GIB = 1 << 18;
    private static final long TIB = GIB << 10;
    private static final MmuOptions TDP_MMU = MmuOptions.withTdpMmu();

    private static TestMachine mapped(MmuOptions options, PolicyRuntime policies, long pages, AccessKind kind) {
        TestMachine machine = TestMachine.unheard(options, policies);
        long slot = Math.min(pages, 4 * TIB);
        for (int id = 0; id < pages / slot; id++) {
            int backing = machine.slot(id, id * slot, slot);
            if (kind == AccessKind.READ) {
                machine.discard(backing, 0, slot);
            }
        }
        machine.vm.vcpu(0).mapWithoutFaults(0, pages, kind);
        return machine;
    }

    private static long zap(TestMachine machine, LockFigure figure) {
        return machine.vm.lock().get(figure, LockedWork.ROOT_ZAP);
    }

    private static long livePages(TestMachine machine) {
        return IntStream.range(0, machine.core.pages.idLimit())
                .mapToObj(machine.core.pages::slot)
                .filter(ShadowPage::live)
                .count();
    }

    private static ShadowPage root(TestMachine machine) {
        return machine.core.tdpRoots.get(0);
    }

    /** The tables below one and their entries, links without the number of their child. */
    private static List<String> tables(TestMachine machine, ShadowPage table) {
        List<String> tables = new ArrayList<>();
        long[] entries = table.spt.clone();
        for (int index = 0; index < entries.length; index++) {
            if (Spte.presentNonLeaf(table.spt[index], table.level())) {
                tables.addAll(tables(machine, machine.core.pages.child(table, index)));
                entries[index] = table.spt[index] & ~Spte.ADDRESS;
            }
        }
        tables.add(table + " " + Arrays.toString(entries));
        return tables;
    }

    private static List<Long> allFigures(TestMachine machine) {
        List<Long> figures = new ArrayList<>();
        for (Counter counter : Counter.values()) {
            figures.add(machine.stat(counter));
        }
        for (WorkCounter counter : WorkCounter.values()) {
            figures.add(machine.core.work.get(counter));
        }
        for (LockedWork work : LockedWork.values()) {
            for (LockFigure figure : LockFigure.values()) {
                figures.add(machine.vm.lock().get(figure, work));
            }
        }
        figures.add(machine.core.events.number());
        return figures;
    }

    /** Tables and host memory are those of real accesses; of the numbers, only the one that says what is mapped moves. */
    @ParameterizedTest
    @CsvSource({"READ, false, e67", "READ, true, 825", "WRITE, false, e67", "WRITE, true, e67"})
    void aMappedRangeIsWhatAccessesMake(AccessKind kind, boolean discarded, String leaf) {
        TestMachine mapped = TestMachine.with(TDP_MMU);
        TestMachine accessed = TestMachine.with(TDP_MMU);
        for (TestMachine machine : List.of(mapped, accessed)) {
            machine.slot(0, 0x600, 0xa00);
            machine.read(0x600);
            if (discarded) {
                machine.discard(0, 0x200, 0x800);
            }
            machine.events.clear();
        }
        List<Long> before = allFigures(mapped);

        mapped.vm.vcpu(0).mapWithoutFaults(0x800, 0x800, kind);
        for (long gfn = 0x800; gfn < 0x1000; gfn++) {
            accessed.vm.vcpu(0).accessGpa(gfn << 12, kind);
        }

        assertThat(mapped.events.take()).isEmpty();
        before.set(Counter.PAGES_4K.ordinal(), before.get(Counter.PAGES_4K.ordinal()) + 0x800);
        assertThat(allFigures(mapped)).isEqualTo(before);
        mapped.audit();
        for (long page = 0; page < 0xa00; page++) {
            assertThat(mapped.backing(0).presentWritable(page))
                    .isEqualTo(accessed.backing(0).presentWritable(page));
            assertThat(mapped.backing(0).mapped(page))
                    .isEqualTo(accessed.backing(0).mapped(page));
        }
        assertThat(tables(mapped, root(mapped))).isEqualTo(tables(accessed, root(accessed)));
        assertThat(mapped.spte(0xabc) & ~Spte.ADDRESS).isEqualTo(Long.parseLong(leaf, 16));
    }

    @Test
    void anAccessToAFoldedRangeIsAHit() {
        TestMachine machine = TestMachine.with(TDP_MMU);
        machine.slot(0, 0, GIB);
        machine.vm.vcpu(0).mapWithoutFaults(0, GIB, AccessKind.WRITE);
        assertThat(livePages(machine)).as("the root and a table of level 3").isEqualTo(2);
        machine.events.clear();

        assertThat(machine.write(0x12345)).isEqualTo(AccessResult.HIT);

        assertThat(machine.vm.vcpu(0).walkedPfn())
                .isEqualTo(machine.slot(0).backing().pfn(0x12345));
        assertThat(machine.events.take()).isEmpty();
        assertThat(livePages(machine)).as("and two tables on the way").isEqualTo(4);
        machine.audit();
    }

    /** A write to a page of zeros: the host takes the page away, the leaf goes and comes back writable. */
    @Test
    void aWriteToACleanPageIsTheSameFaultAsEver() {
        TestMachine mapped = mapped(TDP_MMU, PolicyRuntime.upstream(), GIB, AccessKind.READ);

        assertThat(mapped.write(0x12345)).isEqualTo(AccessResult.FAULT);

        assertThat(mapped.spte(0x12345) & ~Spte.ADDRESS).isEqualTo(0xe67);
        assertThat(mapped.spte(0x12346) & ~Spte.ADDRESS).isEqualTo(0x825);
        assertThat(mapped.core.work.get(WorkCounter.LEAVES_ZAPPED_CLEAN)).isEqualTo(1);
        mapped.audit();
    }

    /** S2.1, S2.2: a full top entry, 2^27 leaves below 512 * 512 + 512 + 1 tables, in one step. */
    @ParameterizedTest
    @EnumSource(
            value = AccessKind.class,
            names = {"READ", "WRITE"})
    void claims2point1And2point2_aFullTopEntryGoesInOneStep(AccessKind kind) {
        long tables = 512 * 512 + 512 + 1;
        TestMachine machine = mapped(TDP_MMU, TestPolicy.tearingDown(RootZapOrder.WHOLE_ROOT), 512 * GIB, kind);
        assertThat(machine.vm.mappedGuestPages()).isEqualTo(512 * GIB);

        machine.delete(0);

        boolean dirty = kind == AccessKind.WRITE;
        assertThat(machine.core.work.get(WorkCounter.LEAVES_ZAPPED_DIRTY)).isEqualTo(dirty ? 1L << 27 : 0);
        assertThat(machine.core.work.get(WorkCounter.LEAVES_ZAPPED_CLEAN)).isEqualTo(dirty ? 0 : 1L << 27);
        assertThat(zap(machine, LockFigure.LONGEST_STEP_ZAPPED)).isEqualTo((1L << 27) + tables);
        assertThat(zap(machine, LockFigure.ZAPPED)).isEqualTo((1L << 27) + tables);
        assertThat(machine.core.work.get(WorkCounter.ENTRIES_SCANNED)).isEqualTo(512 * tables);
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(livePages(machine)).isEqualTo(1);
        machine.audit();
    }

    /** S2.3: 64 TiB below one entry of a 5-level root; 16 memslots, for one has 2^31 - 1 pages at most. */
    @Test
    void claim2point3_sixtyFourTebibytesGoInOneStep() {
        TestMachine machine = mapped(
                TDP_MMU.withHostLevels(5), TestPolicy.tearingDown(RootZapOrder.WHOLE_ROOT), 64 * TIB, AccessKind.WRITE);

        machine.delete(0);

        long tables = 1 + 128 * (512 * 512 + 512 + 1);
        assertThat(zap(machine, LockFigure.LONGEST_STEP_ZAPPED)).isEqualTo(64 * TIB + tables);
        assertThat(machine.core.work.get(WorkCounter.LEAVES_ZAPPED_DIRTY)).isEqualTo(64 * TIB);
    }

    /** However much of a root is unfolded, the numbers are the same. */
    @ParameterizedTest
    @EnumSource(names = "UPSTREAM", mode = EnumSource.Mode.EXCLUDE)
    void aRootThatIsUnfoldedInPartsCountsTheSame(RootZapOrder order) {
        List<List<Long>> figures = new ArrayList<>();
        for (int[] places : new int[][] {{}, {0}, {511}, {3, 77, 300, 511}}) {
            TestMachine machine = mapped(TDP_MMU, TestPolicy.tearingDown(order), 512 * GIB, AccessKind.WRITE);
            for (int place : places) {
                ShadowPage level3 = machine.core.pages.child(root(machine), 0);
                ShadowPage level2 = machine.core.pages.child(level3, place);
                machine.core.pages.child(level2, place);
            }
            machine.delete(0);
            figures.add(allFigures(machine));
        }
        assertThat(figures).containsOnly(figures.get(0));
        assertThat(figures.get(0).get(Counter.values().length + WorkCounter.LEAVES_ZAPPED_DIRTY.ordinal()))
                .isEqualTo(512 * GIB);
    }

    /** Tables that stay when their leaves are zapped are there for the next mapping, as for the next fault (TDP-30). */
    @Test
    void keptTablesAreMappedAgain() {
        TestMachine machine =
                mapped(TDP_MMU, TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES), 512 * GIB, AccessKind.WRITE);
        machine.delete(0);
        assertThat(root(machine).spt[0]).isEqualTo(FoldedEntry.EMPTY);
        machine.audit();

        machine.slot(1, GIB, 2 * GIB);
        assertThat(machine.read(GIB)).isEqualTo(AccessResult.FAULT);
        machine.vm.vcpu(0).mapWithoutFaults(GIB + 0x200, 2 * GIB - 0x200, AccessKind.WRITE);

        assertThat(machine.read(3 * GIB - 1)).isEqualTo(AccessResult.HIT);
        assertThat(machine.vm.mappedGuestPages()).isEqualTo(2 * GIB - 0x1ff);
        machine.audit();
    }

    @Test
    void reverseMapsTakeNoMemoryBeforeALeafIsInOne() {
        TestMachine machine = mapped(TDP_MMU, PolicyRuntime.upstream(), 4 * TIB, AccessKind.WRITE);
        Memslot slot = machine.slot(0);

        assertThat(slot.indexes(1)).isEqualTo(1 << 30);
        assertThat(slot.anyRmap(1)).isFalse();
        assertThat(slot.rmap(1, (1 << 30) - 1)).isZero();
        assertThat(slot.filledRmaps(1)).isZero();
    }

    @Test
    void badUseIsRefusedAndChangesNothing() {
        TestMachine machine = TestMachine.with(TDP_MMU);
        machine.slot(0, 0, 0x600);
        machine.slot(1, 0x1000, 0x400, 0, true);
        machine.slot(2, 0x2000, 0x400, Memslot.LOG_DIRTY, false);
        machine.slot(3, 0x3000, 0x300);
        machine.slot(4, 0x4000, 0x400, Memslot.READONLY, false);
        machine.slot(5, 0x5000, 0x400);
        machine.discard(machine.slot(5).backing().id(), 0x10, 1);
        machine.slot(6, 0x6000, 0x400);
        machine.discard(machine.slot(6).backing().id(), 0, 0x400);
        machine.read(0x6001);
        machine.read(0x200);
        List<Long> before = allFigures(machine);
        List<String> tables = tables(machine, root(machine));

        refused(machine, 0x100, 0x200, "whole 2 MiB blocks");
        refused(machine, 0, 0x201, "whole 2 MiB blocks");
        refused(machine, 0, 0, "whole 2 MiB blocks");
        refused(machine, 0, 0x800, "frame 0x600 lies in no memslot");
        refused(machine, 0, 0x400, "frame 0x200 is mapped already");
        refused(machine, 0x1000, 0x200, "does not back all pages of the range in memslot 1 alike");
        refused(machine, 0x2000, 0x200, "memslot 2 is read-only or logs dirty pages");
        refused(machine, 0x3000, 0x400, "memslot 3 or the host memory behind it does not consist of whole");
        refused(machine, 0x4000, 0x200, "memslot 4 is read-only or logs dirty pages");
        refused(machine, 0x5000, 0x200, "does not back all pages of the range in memslot 5 alike");
        refused(machine, 0x6000, 0x200, "does not back all pages of the range in memslot 6 alike");
        refused(machine, 1L << 36, 0x200, "frame 0x10000001ff is out of the host tables' reach");
        assertThatThrownBy(() -> machine.vm.vcpu(0).mapWithoutFaults(0, 0x200, AccessKind.FETCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not FETCH");

        assertThat(allFigures(machine)).isEqualTo(before);
        assertThat(tables(machine, root(machine))).isEqualTo(tables);
        TestMachine legacy = TestMachine.direct();
        legacy.slot(0, 0, 0x200);
        refused(legacy, 0, 0x200, "only under a root of the TDP MMU");
    }

    private static void refused(TestMachine machine, long first, long count, String message) {
        assertThatThrownBy(() -> machine.vm.vcpu(0).mapWithoutFaults(first, count, AccessKind.WRITE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    /** A root is marked when it is to be zapped, the tables below it are not (TDP-20). */
    @Test
    void tablesBelowAnInvalidRootAreValid() {
        TestMachine machine = mapped(TDP_MMU, PolicyRuntime.upstream(), 512 * GIB, AccessKind.WRITE);
        ShadowPage root = root(machine);
        root.role |= Role.INVALID;

        ShadowPage table = machine.core.pages.child(root, 0);

        assertThat(table.role).isEqualTo(Role.withLevel(root.role & ~Role.INVALID, 3));
    }

    /** Who hears events hears every one of them. */
    @Test
    void aListenerHearsTheTearDownEntryByEntry() {
        TestMachine mapped = new TestMachine(TDP_MMU, 1, TestPolicy.tearingDown(RootZapOrder.WHOLE_ROOT));
        TestMachine accessed = new TestMachine(TDP_MMU, 1, TestPolicy.tearingDown(RootZapOrder.WHOLE_ROOT));
        for (TestMachine machine : List.of(mapped, accessed)) {
            machine.slot(0, 0, 0x600);
        }
        mapped.vm.vcpu(0).mapWithoutFaults(0, 0x600, AccessKind.WRITE);
        for (long gfn = 0; gfn < 0x600; gfn++) {
            accessed.write(gfn);
        }
        mapped.events.clear();
        accessed.events.clear();

        mapped.delete(0);
        accessed.delete(0);

        List<String> events = mapped.events.take();
        assertThat(events).hasSizeGreaterThan(5 * 512).isEqualTo(accessed.events.take());
    }
}
