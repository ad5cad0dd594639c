package org.shadowmmu.policy.lru;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.FakeVm;

/** What counts as use in each of the three forms, and that ancestors end up younger than what they lead to. */
class LruMoveUpPolicyTest {
    private static FakeVm on(String use) {
        return new FakeVm(new LruMoveUpProvider(), Map.of("on", use));
    }

    /** The complaint of 2010: under creation order the directory goes first; here its tables do. */
    @Test
    void onAllocationANewTableKeepsItsDirectories() {
        FakeVm vm = on("allocation");
        FakePage root = vm.createRoot(4);
        FakePage level3 = vm.createBelow(root);
        FakePage level2 = vm.createBelow(level3);
        FakePage firstTable = vm.createBelow(level2);
        FakePage secondTable = vm.createBelow(level2);

        assertThat(vm.reclaimOne()).isSameAs(firstTable);
        assertThat(vm.reclaimOne()).isSameAs(secondTable);
        assertThat(vm.reclaimOne()).isSameAs(level2);
        assertThat(vm.reclaimOne()).isSameAs(level3);
    }

    @Test
    void onAllocationNeitherAMappingNorANewLinkIsUse() {
        FakeVm vm = on("allocation");
        FakePage root = vm.createRoot(3);
        FakePage directory = vm.createBelow(root);
        FakePage first = vm.createBelow(directory);
        FakePage otherDirectory = vm.createBelow(root);
        FakePage second = vm.createBelow(otherDirectory);
        vm.map(first);
        vm.findAgain(directory, first);

        assertThat(vm.reclaimOne()).isSameAs(first);
        assertThat(vm.reclaimOne()).isSameAs(directory);
        assertThat(vm.reclaimOne()).isSameAs(second);
        assertThat(vm.reclaimOne()).isSameAs(otherDirectory);
    }

    @Test
    void onMappingALeafMovesItsPageAndThenItsAncestors() {
        FakeVm vm = on("mapping");
        FakePage root = vm.createRoot(3);
        FakePage directory = vm.createBelow(root);
        FakePage first = vm.createBelow(directory);
        FakePage second = vm.createBelow(directory);
        vm.map(second);
        vm.map(first);

        assertThat(vm.reclaimOne()).isSameAs(second);
        assertThat(vm.reclaimOne()).isSameAs(first);
        assertThat(vm.reclaimOne()).isSameAs(directory);
    }

    @Test
    void onMappingEveryParentMoves() {
        FakeVm vm = on("mapping");
        FakePage oneDirectory = vm.create(2);
        FakePage otherDirectory = vm.create(2);
        FakePage lone = vm.create(1);
        FakePage shared = vm.createBelow(oneDirectory);
        vm.findAgain(otherDirectory, shared);
        vm.map(shared);

        assertThat(vm.reclaimOne()).isSameAs(lone);
        assertThat(vm.reclaimOne()).isSameAs(shared);
        assertThat(vm.reclaimOne()).isSameAs(oneDirectory);
        assertThat(vm.reclaimOne()).isSameAs(otherDirectory);
    }

    @Test
    void onLookupOnlyThePageFoundAgainMoves() {
        FakeVm vm = on("lookup");
        FakePage root = vm.createRoot(3);
        FakePage directory = vm.createBelow(root);
        FakePage first = vm.createBelow(directory);
        FakePage second = vm.createBelow(directory);
        vm.findAgain(directory, first);
        vm.map(second);

        assertThat(vm.reclaimOne()).isSameAs(directory);
        assertThat(vm.reclaimOne()).isSameAs(second);
        assertThat(vm.reclaimOne()).isSameAs(first);
    }

    @Test
    void mappingIsTheDefault() {
        FakeVm vm = new FakeVm(new LruMoveUpProvider());
        FakePage first = vm.create(1);
        FakePage second = vm.create(1);
        vm.map(first);

        assertThat(vm.reclaimOne()).isSameAs(second);
    }

    /** Claim S3.2 in small: whoever fills memory through one directory keeps it. */
    @ParameterizedTest
    @ValueSource(strings = {"allocation", "mapping"})
    void noAncestorOfALinkedTableIsEverTaken(String use) {
        FakeVm vm = on(use);
        FakePage root = vm.createRoot(4);
        FakePage level2 = vm.createBelow(vm.createBelow(root));
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < 5; i++) {
                vm.map(vm.createBelow(level2));
            }
            for (int i = 0; i < 4; i++) {
                assertThat(vm.reclaimOne().level()).isEqualTo(1);
            }
        }
    }
}
