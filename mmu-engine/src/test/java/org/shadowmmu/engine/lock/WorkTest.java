package org.shadowmmu.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.testing.TestPolicy;

/** What the lock measures: steps without a yield and holds, in entries (TDP-9, TDP-25, ZAP-61). */
class WorkTest {
    private static final int LEAVES = 3 * 512;

    private static TestMachine touched(MmuOptions options, PolicyRuntime policies) {
        TestMachine machine = new TestMachine(options, 1, policies);
        machine.slot(0, 0, LEAVES);
        for (long gfn = 0; gfn < LEAVES; gfn++) {
            machine.read(gfn);
        }
        return machine;
    }

    private static long get(TestMachine machine, LockFigure figure, LockedWork work) {
        return machine.vm.lock().get(figure, work);
    }

    /**
     * The longest step is the largest subtree that a pass cuts at once, and the step to the next entry: five tables of 512
     * entries, four, or one.
     *
     * <p>S2.5: leaves first never does more than one table between two yield checks. S2.6: what is zapped is the same in
     * every order, 1,536 leaves and 5 links; only the longest step differs.
     */
    @ParameterizedTest
    @CsvSource({"WHOLE_ROOT, 2561, 1541", "ONE_GIB_THEN_ROOT, 2049, 1540", "LEAVES_FIRST, 513, 1"})
    void claims2point5And2point6_theOrderChangesTheLongestStepOnly(RootZapOrder order, long entries, long zapped) {
        TestMachine machine = touched(MmuOptions.withTdpMmu(), TestPolicy.tearingDown(order));

        machine.delete(0);

        assertThat(get(machine, LockFigure.LONGEST_STEP, LockedWork.ROOT_ZAP)).isEqualTo(entries);
        assertThat(get(machine, LockFigure.LONGEST_STEP_ZAPPED, LockedWork.ROOT_ZAP))
                .isEqualTo(zapped);
        assertThat(get(machine, LockFigure.ZAPPED, LockedWork.ROOT_ZAP)).isEqualTo(LEAVES + 5);
        assertThat(get(machine, LockFigure.READ_HOLDS, LockedWork.ROOT_ZAP)).isEqualTo(1);
        assertThat(get(machine, LockFigure.LONGEST_READ_HOLD, LockedWork.ROOT_ZAP))
                .isEqualTo(get(machine, LockFigure.ENTRIES, LockedWork.ROOT_ZAP));
        assertThat(get(machine, LockFigure.WRITE_HOLDS, LockedWork.ROOT_ZAP)).isZero();
    }

    /** S2.9: entries that are not present cost a step of the walk and are not counted as zapped. */
    @Test
    void claim2point9_anEmptyStretchIsWalkedEntryByEntry() {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 1, PolicyRuntime.upstream());
        machine.slot(0, 0, LEAVES);
        machine.read(0x180);

        machine.discard(0, 0, 0x180);

        // The root's entry, one of level 3, one of level 2, 384 of level 1; before them three levels of 384 list heads.
        assertThat(get(machine, LockFigure.ENTRIES, LockedWork.UNMAP)).isEqualTo(3 + 0x180 + 0x180 + 2);
        assertThat(get(machine, LockFigure.ZAPPED, LockedWork.UNMAP)).isZero();
    }

    /** The legacy MMU zaps page by page; between two batches of 10 it may yield (ZAP-61). */
    @Test
    void aFastZapMayYieldAfterTenPages() {
        TestMachine machine = new TestMachine(MmuOptions.tdp(), 1, PolicyRuntime.upstream());
        machine.slot(0, 0, 40 * 512);
        for (long gfn = 0; gfn < 40 * 512; gfn += 512) {
            machine.read(gfn);
        }

        machine.delete(0);

        // 43 pages: root, two directories, 40 tables. The root does not count, so 11 pages lie before the first offer.
        assertThat(get(machine, LockFigure.WRITE_HOLDS, LockedWork.ZAP_ALL)).isEqualTo(1);
        assertThat(get(machine, LockFigure.LONGEST_STEP, LockedWork.ZAP_ALL)).isEqualTo(11 * 512);
        assertThat(get(machine, LockFigure.LONGEST_WRITE_HOLD, LockedWork.ZAP_ALL))
                .isEqualTo(43 * 512);
        // 40 tables of 8 leaves each, and the 42 links to them and above.
        assertThat(get(machine, LockFigure.ZAPPED, LockedWork.ZAP_ALL)).isEqualTo(40 * 8 + 42);
    }

    @Test
    void faultsOfTheTdpMmuShareTheLock() {
        TestMachine machine = touched(MmuOptions.withTdpMmu(), PolicyRuntime.upstream());

        assertThat(get(machine, LockFigure.READ_HOLDS, LockedWork.FAULT)).isEqualTo(LEAVES);
        assertThat(get(machine, LockFigure.WRITE_HOLDS, LockedWork.FAULT)).isZero();
        assertThat(get(machine, LockFigure.LONGEST_READ_HOLD, LockedWork.FAULT)).isEqualTo(4);
    }

    @Test
    void faultsOfTheLegacyMmuDoNot() {
        TestMachine machine = touched(MmuOptions.tdp(), PolicyRuntime.upstream());

        assertThat(get(machine, LockFigure.WRITE_HOLDS, LockedWork.FAULT)).isEqualTo(LEAVES / 8);
        // Three links, one leaf and seven neighbours.
        assertThat(get(machine, LockFigure.LONGEST_WRITE_HOLD, LockedWork.FAULT))
                .isEqualTo(11);
    }

    /** Passing over empty entries at once, which is done while nobody can ask to yield, changes no figure. */
    @ParameterizedTest
    @EnumSource(names = "UPSTREAM", mode = EnumSource.Mode.EXCLUDE)
    void passingOverEmptyStretchesChangesNoFigure(RootZapOrder order) {
        assertThat(figuresOfAllKinds(order, Yielding.NEVER)).isEqualTo(figuresOfAllKinds(order, point -> false));
    }

    /** So does zapping whole tables at once, which is done while nobody hears events; statistics are the same, too. */
    @ParameterizedTest
    @EnumSource(names = "UPSTREAM", mode = EnumSource.Mode.EXCLUDE)
    void zappingUnheardChangesNoFigure(RootZapOrder order) {
        TestMachine heard = new TestMachine(MmuOptions.withTdpMmu(), 1, TestPolicy.tearingDown(order));
        TestMachine unheard = TestMachine.unheard(MmuOptions.withTdpMmu(), TestPolicy.tearingDown(order));

        use(heard);
        use(unheard);

        assertThat(figures(unheard)).isEqualTo(figures(heard));
        assertThat(unheard.core.events.number()).isEqualTo(heard.core.events.number());
    }

    private static List<String> figuresOfAllKinds(RootZapOrder order, Yielding yielding) {
        TestMachine machine = new TestMachine(MmuOptions.withTdpMmu(), 1, TestPolicy.tearingDown(order));
        machine.vm.lock().setYielding(yielding);
        use(machine);
        List<String> figures = figures(machine);
        figures.addAll(machine.events.take());
        return figures;
    }

    private static void use(TestMachine machine) {
        machine.slot(0, 0x80, 0x1000);
        machine.slot(1, 0x40200, 0x800, 0, true);
        for (long gfn = 0x83; gfn < 0x1000; gfn += 97) {
            machine.write(gfn);
        }
        machine.write(0x40234);
        machine.write(0x40801);
        machine.flags(1, Memslot.LOG_DIRTY);
        machine.write(0x40234);
        machine.vm.dirtyLog(0, 1);
        machine.flags(1, 0);
        machine.discard(0, 5, 3000);
        machine.write(0x90);
        machine.delete(0);
        machine.read(0x40300);
        machine.write(0x50000);
        machine.delete(1);
    }

    private static List<String> figures(TestMachine machine) {
        List<String> figures = new ArrayList<>();
        for (LockedWork work : LockedWork.values()) {
            for (LockFigure figure : LockFigure.values()) {
                figures.add(work + " " + figure + " " + get(machine, figure, work));
            }
        }
        for (Counter counter : Counter.values()) {
            figures.add(counter + " " + machine.stat(counter));
        }
        return figures;
    }
}
