package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of SPTEs: their order, which users of a list see (RM-1 to RM-7). */
class PteListsTest {
    private final PteLists lists = new PteLists(14);
    private int head = PteLists.EMPTY;

    private void add(int... entries) {
        for (int entry : entries) {
            head = lists.add(head, entry);
        }
    }

    private void addUpTo(int last) {
        for (int entry = 1; entry <= last; entry++) {
            add(entry);
        }
    }

    private void remove(int entry) {
        head = lists.remove(head, entry);
    }

    private List<Integer> entries() {
        List<Integer> entries = new ArrayList<>();
        for (long at = lists.start(head); at >= 0; at = lists.next(at)) {
            entries.add(lists.at(at));
        }
        return entries;
    }

    @Test
    void anEntryIsNamedByPageAndIndex() {
        int entry = PteLists.entry(1234, 511);

        assertThat(PteLists.pageId(entry)).isEqualTo(1234);
        assertThat(PteLists.index(entry)).isEqualTo(511);
    }

    /** RM-1: one entry costs no descriptor. */
    @Test
    void oneEntryLiesInTheHead() {
        add(0);

        assertThat(entries()).containsExactly(0);
        assertThat(lists.size(head)).isOne();
        assertThat(lists.descriptorsInUse()).isZero();
    }

    /** RM-2, RM-4. */
    @Test
    void entriesComeBackInOrderOfInsertion() {
        addUpTo(40);

        assertThat(entries()).hasSize(40).isSorted();
        assertThat(lists.first(head)).isEqualTo(1);
        assertThat(lists.descriptorsInUse()).isEqualTo(3);
    }

    /** RM-2: the first descriptor that is not full, holes in early ones included. */
    @Test
    void aHoleInAnEarlyDescriptorIsFilledFirst() {
        addUpTo(20);
        remove(3);
        add(99);

        assertThat(entries()).startsWith(1, 2, 14, 4).containsSubsequence(13, 99, 15);
    }

    /** RM-3. */
    @Test
    void theCountBeforeAnInsertionIsThatOfTheDescriptorsWalkedOver() {
        int[] counts = new int[16];
        for (int i = 0; i < counts.length; i++) {
            add(i);
            counts[i] = lists.countBeforeAdd();
        }
        assertThat(counts).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

        addUpTo(30);
        remove(5);
        add(100);
        assertThat(lists.countBeforeAdd())
                .as("13 in the first descriptor; the others are not walked over")
                .isEqualTo(13);
    }

    /** RM-5: the last entry of the same descriptor moves. */
    @Test
    void theLastEntryOfADescriptorMovesIntoTheGap() {
        addUpTo(16);
        remove(1);

        assertThat(entries()).containsExactly(14, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16);
    }

    /** RM-5: an empty descriptor goes, and a chain never turns back into a head with one entry. */
    @Test
    void descriptorsGoWhenTheyAreEmpty() {
        addUpTo(15);
        for (int entry = 1; entry <= 14; entry++) {
            remove(entry);
        }
        assertThat(entries()).containsExactly(15);
        assertThat(lists.descriptorsInUse()).isOne();
        assertThat(head).isNegative();

        remove(15);
        assertThat(head).isEqualTo(PteLists.EMPTY);
        assertThat(lists.descriptorsInUse()).isZero();
    }

    /** RM-6: what unlinking all parents looks like. */
    @Test
    void takingTheFirstEntryAgainAndAgainRunsBackwards() {
        addUpTo(16);
        List<Integer> order = new ArrayList<>();
        while (head != PteLists.EMPTY) {
            order.add(lists.first(head));
            remove(lists.first(head));
        }

        assertThat(order).containsExactly(1, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 15, 16);
    }

    /** DL-20a. */
    @Test
    void itIsKnownWhenAnInsertionTakesADescriptor() {
        assertThat(lists.addNeedsDescriptor(head)).isFalse();
        for (int entry = 1; entry <= 40; entry++) {
            int before = lists.descriptorsInUse();
            boolean needs = lists.addNeedsDescriptor(head);
            add(entry);
            assertThat(lists.descriptorsInUse() - before).as("entry %d", entry).isEqualTo(needs ? 1 : 0);
        }
    }

    /** DL-20a: a descriptor that comes back does not fill the caches of a split again. */
    @Test
    void takenDescriptorsAreCountedEvenWhenTheyComeBack() {
        addUpTo(2);
        remove(1);
        remove(2);
        addUpTo(2);

        assertThat(lists.descriptorsInUse()).isOne();
        assertThat(lists.descriptorsTaken()).isEqualTo(2);
    }

    @Test
    void anEntryThatIsNotThereCannotBeRemoved() {
        add(7, 8);

        assertThatThrownBy(() -> lists.remove(head, PteLists.entry(3, 9)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("SPTE 9 of page 3 is not in its list");
        assertThatThrownBy(() -> lists.remove(PteLists.EMPTY, 1)).isInstanceOf(IllegalStateException.class);
    }

    /** Any sequence of operations on many lists at once gives what a plain model of the rules gives. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void manyListsBehaveAsThePlainModel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] heads = new int[8];
        List<ModelList> models = new ArrayList<>();
        for (int i = 0; i < heads.length; i++) {
            models.add(new ModelList());
        }
        int next = 0;
        for (int step = 0; step < 20_000; step++) {
            int at = random.nextInt(heads.length);
            ModelList model = models.get(at);
            boolean grow = random.nextInt(100) < (step / 2000 % 2 == 0 ? 60 : 40);
            if (grow || model.all().isEmpty()) {
                heads[at] = lists.add(heads[at], next);
                assertThat(lists.countBeforeAdd()).isEqualTo(model.add(next));
                next++;
            } else {
                List<Integer> all = model.all();
                int victim = all.get(random.nextInt(all.size()));
                heads[at] = lists.remove(heads[at], victim);
                model.remove(victim);
            }
            head = heads[at];
            assertThat(entries()).isEqualTo(model.all());
            assertThat(lists.size(head)).isEqualTo(model.all().size());
        }
        assertThat(lists.descriptorsInUse())
                .isEqualTo(models.stream().mapToInt(ModelList::descriptors).sum());
    }

    /** The rules RM-1 to RM-5 on lists of lists. */
    private static final class ModelList {
        private final List<List<Integer>> chain = new ArrayList<>();
        private boolean single;

        int add(int entry) {
            if (chain.isEmpty()) {
                chain.add(new ArrayList<>(List.of(entry)));
                single = true;
                return 0;
            }
            single = false;
            int walked = 0;
            for (List<Integer> descriptor : chain) {
                walked += descriptor.size();
                if (descriptor.size() < 14) {
                    descriptor.add(entry);
                    return walked;
                }
            }
            chain.add(new ArrayList<>(List.of(entry)));
            return walked;
        }

        void remove(int entry) {
            for (List<Integer> descriptor : chain) {
                int at = descriptor.indexOf(entry);
                if (at >= 0) {
                    int last = descriptor.remove(descriptor.size() - 1);
                    if (at < descriptor.size()) {
                        descriptor.set(at, last);
                    }
                }
            }
            chain.removeIf(List::isEmpty);
        }

        List<Integer> all() {
            return chain.stream().flatMap(List::stream).toList();
        }

        int descriptors() {
            return single ? 0 : chain.size();
        }
    }
}
