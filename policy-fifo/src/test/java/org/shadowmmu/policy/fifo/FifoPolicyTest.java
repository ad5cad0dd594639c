package org.shadowmmu.policy.fifo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.FakeVm;

/** The baseline answers as Linux 6.1 does. */
class FifoPolicyTest {
    private final FakeVm vm = new FakeVm(new FifoProvider());

    /** ZAP-20, ZAP-21: directories are older than their tables, so they go first; the live root stays. */
    @Test
    void takesDirectoriesBeforeTheTablesBelowThem() {
        FakePage root = vm.createRoot(4);
        FakePage level3 = vm.createBelow(root);
        FakePage level2 = vm.createBelow(level3);
        FakePage firstTable = vm.createBelow(level2);
        FakePage secondTable = vm.createBelow(level2);

        assertThat(vm.reclaimOne()).isSameAs(level3);
        assertThat(vm.reclaimOne()).isSameAs(level2);
        assertThat(vm.reclaimOne()).isSameAs(firstTable);
        assertThat(vm.reclaimOne()).isSameAs(secondTable);
    }

    /** ZAP-25: nothing ever moves. */
    @Test
    void useDoesNotMoveAPage() {
        FakePage root = vm.createRoot(2);
        FakePage first = vm.createBelow(root);
        FakePage second = vm.createBelow(root);
        vm.map(first);
        vm.findAgain(root, first);

        assertThat(vm.reclaimOne()).isSameAs(first);
        assertThat(vm.reclaimOne()).isSameAs(second);
    }

    @Test
    void aRootThatIsNoLongerLiveGoesAtItsTurn() {
        FakePage root = vm.createRoot(2);
        vm.createBelow(root);
        root.rootCount(0);

        assertThat(vm.reclaimOne()).isSameAs(root);
    }

    /** ZAP-10. */
    @Test
    void zapsNestedOrphansUnlessTheGuestWroteTheEntry() {
        ChildZap childZap = vm.as(ChildZap.class);
        FakePage nested = vm.create(1).nested();
        FakePage plain = vm.create(1);

        assertThat(childZap.zapWithLastParent(nested, true, UnlinkCause.PARENT_ZAPPED))
                .isTrue();
        assertThat(childZap.zapWithLastParent(nested, true, UnlinkCause.ENTRY_REPLACED))
                .isTrue();
        assertThat(childZap.zapWithLastParent(nested, true, UnlinkCause.EMULATED_WRITE))
                .isFalse();
        assertThat(childZap.zapWithLastParent(nested, false, UnlinkCause.PARENT_ZAPPED))
                .isFalse();
        assertThat(childZap.zapWithLastParent(plain, true, UnlinkCause.PARENT_ZAPPED))
                .isFalse();
    }

    /** MS-20, TDP-22. */
    @Test
    void zapsEverythingOnASlotChangeAndRootsInTwoPasses() {
        MemslotChange change = new MemslotChange(MemslotChange.Kind.DELETE, 1, 0, 0x100, 16);

        assertThat(vm.as(MemslotZap.class).scope(change)).isEqualTo(MemslotZapScope.UPSTREAM);
        assertThat(vm.as(RootZap.class).order(4, 0)).isEqualTo(RootZapOrder.UPSTREAM);
    }

    /** The regression of v5.9, repaired by 8fc517267fb2: what was just built goes first. */
    @Test
    void newestFirstTakesWhatWasJustBuilt() {
        FakeVm newest = new FakeVm(new FifoProvider(), Map.of("direction", "newest"));
        FakePage root = newest.createRoot(3);
        FakePage directory = newest.createBelow(root);
        FakePage firstTable = newest.createBelow(directory);
        FakePage secondTable = newest.createBelow(directory);
        newest.createRoot(3);

        assertThat(newest.reclaimOne()).isSameAs(secondTable);
        assertThat(newest.reclaimOne()).isSameAs(firstTable);
        assertThat(newest.reclaimOne()).isSameAs(directory);
    }

    /** ZAP-24: before v5.9 the oldest page is the root, in use or not. */
    @Test
    void withoutTheSkipTheRootInUseGoesFirst() {
        FakeVm old = new FakeVm(new FifoProvider(), Map.of("skip-live-roots", "false"));
        FakePage root = old.createRoot(2);
        FakePage table = old.createBelow(root);

        assertThat(old.as(ReclaimOrder.class).takesLiveRoots()).isTrue();
        assertThat(old.reclaimOne()).isSameAs(root);
        assertThat(old.reclaimOne()).isSameAs(table);
        assertThat(vm.as(ReclaimOrder.class).takesLiveRoots()).isFalse();
    }
}
