package org.shadowmmu.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.testing.PagedGuest;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.MmuException;

/** What a yield does at each named point, and that work under it ends (OV-6, S5.4 to S5.8). */
class YieldTest {
    private static final int TABLES = 40;

    /** Yields at every chance of one point; counts, and lets others in. */
    private static final class Always implements Yielding {
        final YieldPoint where;
        final IntConsumer others;
        int yields;

        Always(YieldPoint where, IntConsumer others) {
            this.where = where;
            this.others = others;
        }

        @Override
        public boolean wanted(YieldPoint point) {
            return point == where;
        }

        @Override
        public void released(YieldPoint point) {
            others.accept(yields++);
        }
    }

    private static Always always(TestMachine machine, YieldPoint where, IntConsumer others) {
        Always yielding = new Always(where, others);
        machine.vm.lock().setYielding(yielding);
        return yielding;
    }

    private static TestMachine direct() {
        TestMachine machine = new TestMachine(MmuOptions.tdp(), 2, PolicyRuntime.upstream());
        machine.slot(0, 0, TABLES * 512);
        machine.slot(1, 0x100000, 16);
        for (long gfn = 0; gfn < TABLES * 512; gfn += 512) {
            machine.read(gfn);
        }
        machine.vm.vcpu(1).accessGpa(0, AccessKind.READ);
        machine.events.clear();
        return machine;
    }

    private static void secondCpuReads(TestMachine machine, long gfn) {
        machine.vm.vcpu(1).accessGpa(gfn << 12, AccessKind.READ);
    }

    /** ZAP-61: 42 pages count, so a yield is offered after 11 pages (the root does not count) and then after every 10. */
    @Test
    void claim5point4_aFastZapFlushesOnceHoweverOftenItYields() {
        TestMachine machine = direct();
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
        Always yielding = always(machine, YieldPoint.OBSOLETE_BATCH, time -> {});

        machine.delete(1);

        assertThat(yielding.yields).isEqualTo(4);
        assertThat(machine.vm.lock().get(LockFigure.YIELDS, LockedWork.ZAP_ALL)).isEqualTo(4);
        assertThat(machine.vm.lock().get(LockFigure.WRITE_HOLDS, LockedWork.ZAP_ALL))
                .isEqualTo(5);
        assertThat(machine.vm.lock().get(LockFigure.LONGEST_WRITE_HOLD, LockedWork.ZAP_ALL))
                .isEqualTo(11 * 512);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        machine.audit();
    }

    /** S5.5: what is obsolete is the oldest, so reclaim takes it first and the quota holds while the zap is under way. */
    @Test
    void claim5point5_reclaimTakesObsoletePagesFirst() {
        TestMachine machine = direct();
        machine.vm.setQuota(64);
        List<Long> used = new ArrayList<>();
        always(machine, YieldPoint.OBSOLETE_BATCH, time -> {
            for (int i = 0; i < 12; i++) {
                secondCpuReads(machine, (time * 12L + i) * 512 % (TABLES * 512));
                used.add(machine.vm.usedPages());
            }
        });

        machine.delete(1);

        assertThat(used).isNotEmpty().allMatch(pages -> pages <= 64 + 5);
        machine.audit();
    }

    /** S5.6: a second change of the generation before the first zap is done would make obsolete pages current again. */
    @Test
    void claim5point6_oneGenerationBitNeedsCallersThatWait() {
        TestMachine machine = direct();
        List<Long> revived = new ArrayList<>();
        always(machine, YieldPoint.OBSOLETE_BATCH, time -> {
            if (time == 0) {
                long obsolete = obsolete(machine);
                machine.core.pages.toggleGeneration();
                revived.add(obsolete - obsolete(machine));
                machine.core.pages.toggleGeneration();
            }
        });

        machine.delete(1);
        machine.delete(0);

        assertThat(revived).singleElement().satisfies(pages -> assertThat(pages).isPositive());
        assertThat(obsolete(machine)).isZero();
        machine.audit();
    }

    private static long obsolete(TestMachine machine) {
        long count = 0;
        for (ShadowPage page = machine.core.pages.oldest(); page != null; page = page.newer()) {
            count += page.obsolete() ? 1 : 0;
        }
        return count;
    }

    /** S5.7: what is found while obsolete pages of the same frames wait is new, or was made since. */
    @Test
    void claim5point7_lookupsFindCurrentPagesOnly() {
        TestMachine machine = direct();
        always(machine, YieldPoint.OBSOLETE_BATCH, time -> {
            machine.events.clear();
            secondCpuReads(machine, 512L * (TABLES - 1 - time));
            assertThat(machine.events.take("get")).isNotEmpty().allMatch(event -> event.endsWith(" new"));
        });

        machine.delete(1);

        machine.audit();
    }

    /** S5.8: pages made meanwhile are younger, and the walk ends at the first of them: it zaps what was there, no more. */
    @Test
    void claim5point8_theWalkEndsWhileAnotherCpuFaultsPagesBackIn() {
        TestMachine machine = direct();
        long there = machine.core.pages.listedCount();
        long zapped = machine.stat(Counter.MMU_SHADOW_ZAPPED);
        Always yielding = always(machine, YieldPoint.OBSOLETE_BATCH, time -> {
            for (long gfn = 0; gfn < TABLES * 512; gfn += 512) {
                secondCpuReads(machine, gfn);
            }
        });

        machine.delete(1);

        // The first CPU still holds the old root, so nobody zapped it a second time.
        assertThat(machine.stat(Counter.MMU_SHADOW_ZAPPED) - zapped).isEqualTo(there);
        assertThat(yielding.yields).isEqualTo(4);
        assertThat(machine.core.pages.listedCount()).isEqualTo(TABLES + 3);
        machine.audit();
    }

    /** TDP-9: a yield at every frame sends the walk back to the root each time, and it goes on where it was. */
    @Test
    void aWalkOfTheTdpMmuStartsAgainFromTheRoot() {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 1, PolicyRuntime.upstream());
        machine.slot(0, 0, 0x400);
        for (long gfn = 0; gfn < 0x400; gfn++) {
            machine.read(gfn);
        }
        machine.events.clear();
        Always yielding = always(machine, YieldPoint.TDP_ENTRY, time -> {});
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.discard(0, 0, 0x400);

        // One yield per frame, each but the first flushing the leaf that was zapped before it.
        assertThat(yielding.yields).isEqualTo(0x400);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 0x400);
        assertThat(machine.events.take("changed")).hasSize(0x400);
        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        // 3 levels of list heads; 4 entries on the way down after each yield, and the entry at which each is asked for.
        assertThat(machine.vm.lock().get(LockFigure.ENTRIES, LockedWork.UNMAP)).isEqualTo(0x400 + 2 + 1 + 0x400 * 5);
        machine.audit();
    }

    /** PF-22, MN-13: what the host takes away may not be mapped before it is gone; what lies beside it may. */
    @Test
    void aFaultWaitsForTheEndOfAnInvalidation() {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 2, PolicyRuntime.upstream());
        machine.slot(0, 0, 0x400);
        machine.vm.vcpu(1).accessGpa(0x300 << 12, AccessKind.READ);
        for (long gfn = 0; gfn < 0x20; gfn++) {
            machine.read(gfn);
        }
        List<Outcome> outcomes = new ArrayList<>();
        always(machine, YieldPoint.TDP_ENTRY, time -> {
            if (time == 8) {
                for (long gfn : new long[] {0x0, 0x1f, 0x20, 0x3ff}) {
                    outcomes.add(machine.vm.vcpu(1).fault(gfn << 12, Access.GUEST_FINAL | Access.USER));
                }
                assertThatThrownBy(() -> secondCpuReads(machine, 0))
                        .isInstanceOf(MmuException.class)
                        .hasMessageContaining("made no progress");
            }
        });

        machine.discard(0, 0, 0x20);

        assertThat(outcomes).containsExactly(Outcome.RETRY, Outcome.RETRY, Outcome.FIXED, Outcome.FIXED);
        machine.audit();
        secondCpuReads(machine, 0);
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(1 + 1 + 1 + 1);
        machine.audit();
    }

    /** A tear-down that yields everywhere, while its root gets a successor, cuts the same entries. */
    @Test
    void aRootTearDownIsTheSameWithYields() {
        assertThat(tornDown(true)).isEqualTo(tornDown(false));
    }

    private static List<String> tornDown(boolean yields) {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 2, PolicyRuntime.upstream());
        machine.slot(0, 0, 0x1000);
        machine.slot(1, 0x80000, 16);
        for (long gfn = 0; gfn < 0x1000; gfn += 64) {
            machine.read(gfn);
        }
        machine.read(0x80000);
        machine.events.clear();
        if (yields) {
            always(machine, YieldPoint.TDP_ENTRY, time -> {});
        }
        machine.delete(1);
        machine.audit();
        return machine.events.take();
    }

    /** MS-24: a yield between two frames commits what is pending, with a flush; the root is only detached. */
    @Test
    void aSlotZapCommitsBeforeItYields() {
        TestMachine machine =
                new TestMachine(MmuOptions.shadow(), 1, TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES_THEN_TABLES));
        machine.slot(0, 0, 0x40);
        machine.slot(1, 0x1000, 0x20);
        PagedGuest guest = new PagedGuest(machine, 0);
        guest.chain(0x13, 0x12, 0x11, 0x10);
        guest.fill(0x10, 0, 0x1000, 16);
        guest.start(0x13, 0x1000);
        guest.read(0);
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
        Always yielding = always(machine, YieldPoint.SLOT_FRAME, time -> {});

        machine.delete(0);

        assertThat(yielding.yields).isEqualTo(0x40);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 3);
        machine.audit();
    }

    /** DL-1: 0x40 frames have 0x40 heads at level 1, one at level 2, one at level 3. */
    @Test
    void startingADirtyLogMayYieldAtEveryReverseMap() {
        TestMachine machine = new TestMachine(MmuOptions.tdp(), 1, PolicyRuntime.upstream());
        machine.slot(0, 0, 0x40);
        machine.write(0);
        Always yielding = always(machine, YieldPoint.DIRTY_LOG_RMAP, time -> {});
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.flags(0, Memslot.LOG_DIRTY);

        assertThat(yielding.yields).isEqualTo(0x42);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        machine.audit();
    }

    /** 32 unsync tables under one directory: the sync comes in batches of 13 (US-13) and may yield behind each. */
    @Test
    void aSyncOfRootsYieldsBetweenBatches() {
        TestMachine machine = new TestMachine(MmuOptions.shadow(), 1, PolicyRuntime.upstream());
        PagedGuest guest = manyTables(machine);
        makeUnsync(machine, guest, 32);
        Always yielding = always(machine, YieldPoint.SYNC_BATCH, time -> {});

        guest.load(0x10);
        guest.enter();

        assertThat(yielding.yields).isEqualTo(3);
        assertThat(machine.stat(Counter.MMU_UNSYNC)).isZero();
        machine.audit();
    }

    /** PF-31, US-20.3: a fault does not yield; it starts again, and the virtual CPU synchronises at its next entry. */
    @Test
    void aFaultThatWouldYieldStartsAgain() {
        TestMachine machine = new TestMachine(MmuOptions.shadow(), 1, PolicyRuntime.upstream());
        PagedGuest guest = manyTables(machine);
        guest.chain(0x14, 0x11, 0x12, 0x200);
        makeUnsync(machine, guest, 20);
        guest.start(0x14, 0x1000);
        guest.enter();
        machine.events.clear();
        Always yielding = always(machine, YieldPoint.SYNC_BATCH, time -> {});

        int faults = guest.read(0);

        // Two batches, each ends an attempt; the root has no marks yet, so the sync at the entry finds nothing.
        assertThat(faults).isEqualTo(3);
        assertThat(machine.vm.lock().get(LockFigure.YIELDS, LockedWork.FAULT)).isZero();
        assertThat(yielding.yields).isZero();
        machine.audit();
    }

    /** Tables: 10, 11, 12 lead to 64 tables of level 1 from 200 on, each of which maps itself at its entry 1. */
    private static PagedGuest manyTables(TestMachine machine) {
        machine.slot(0, 0, 0x1000);
        machine.slot(1, 0x1000, 0x400);
        PagedGuest guest = new PagedGuest(machine, 0);
        guest.chain(0x10, 0x11, 0x12, 0x200);
        for (int i = 0; i < 64; i++) {
            guest.entry(0x12, i, 0x200 + i);
            guest.entry(0x200 + i, 0, 0x1000 + i);
            guest.entry(0x200 + i, 16, 0x200 + i);
        }
        guest.start(0x10, 0x1000);
        return guest;
    }

    /** The guest writes entries of its tables, which are mapped writable by that (US-2). */
    private static void makeUnsync(TestMachine machine, PagedGuest guest, int count) {
        for (int i = 0; i < count; i++) {
            guest.read((long) i << 21);
        }
        for (int i = 0; i < count; i++) {
            guest.store(((long) i << 21) + (16 << 12) + 8 * 40, 0);
        }
        assertThat(machine.stat(Counter.MMU_UNSYNC)).isEqualTo(count);
    }
}
