package org.shadowmmu.policy.leaffirst;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.FakeVm;

/** The lowest level goes first, and within a level the oldest. */
class LeafFirstPolicyTest {
    private final FakeVm vm = new FakeVm(new LeafFirstProvider());

    @Test
    void takesTheOldestTablesThenDirectoriesFromBelow() {
        FakePage root = vm.createRoot(4);
        FakePage level3 = vm.createBelow(root);
        FakePage level2 = vm.createBelow(level3);
        FakePage firstTable = vm.createBelow(level2);
        FakePage otherLevel2 = vm.createBelow(level3);
        FakePage secondTable = vm.createBelow(otherLevel2);

        assertThat(vm.reclaimOne()).isSameAs(firstTable);
        assertThat(vm.reclaimOne()).isSameAs(secondTable);
        assertThat(vm.reclaimOne()).isSameAs(level2);
        assertThat(vm.reclaimOne()).isSameAs(otherLevel2);
        assertThat(vm.reclaimOne()).isSameAs(level3);
    }

    @Test
    void passesOverLiveRootsOfItsLevelAndTakesDeadOnesOfTheHighest() {
        FakePage paeRoot = vm.createRoot(2);
        FakePage deadRoot = vm.createRoot(5).rootCount(0);
        FakePage table = vm.createBelow(paeRoot);

        assertThat(vm.reclaimOne()).isSameAs(table);
        assertThat(vm.reclaimOne()).isSameAs(deadRoot);
    }

    /** MS-23, TDP-23. */
    @Test
    void zapsOnlyTheSlotsLeavesAndRootsFromBelow() {
        MemslotChange change = new MemslotChange(MemslotChange.Kind.MOVE, 1, 0, 0x100, 16);

        assertThat(vm.as(MemslotZap.class).scope(change)).isEqualTo(MemslotZapScope.SLOT_LEAVES);
        assertThat(vm.as(RootZap.class).order(5, 1)).isEqualTo(RootZapOrder.LEAVES_FIRST);
    }

    /** "Prefer old level-1 tables over directories", and nothing more. */
    @Test
    void withOneLevelDirectoriesGoByAgeAlone() {
        FakeVm one = new FakeVm(new LeafFirstProvider(), Map.of("levels", "1"));
        FakePage root = one.createRoot(4);
        FakePage level3 = one.createBelow(root);
        FakePage level2 = one.createBelow(level3);
        FakePage table = one.createBelow(level2);
        FakePage otherLevel3 = one.createBelow(root);

        assertThat(one.reclaimOne()).isSameAs(table);
        assertThat(one.reclaimOne()).isSameAs(level3);
        assertThat(one.reclaimOne()).isSameAs(level2);
        assertThat(one.reclaimOne()).isSameAs(otherLevel3);
    }
}
