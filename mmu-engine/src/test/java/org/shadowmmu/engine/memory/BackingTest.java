package org.shadowmmu.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Host memory: the states of blocks and pages, and what the host takes away when they change (RC-24 to RC-24b). */
class BackingTest {
    private final HostMemory host = new HostMemory();
    private final Backing small = host.addBacking(0, 1024, false);
    private final Backing huge = host.addBacking(1, 1024 + 100, true);
    private final List<String> taken = new ArrayList<>();

    @BeforeEach
    void listen() {
        host.setNotifier((backing, first, count) -> {
            assertThat(host.invalidating()).isTrue();
            taken.add(backing.id() + ": " + first + " +" + count);
        });
    }

    private static String state(Backing backing, long page) {
        return (backing.mappingLevel(page) == 2 ? "2M " : "4K ")
                + (backing.presentWritable(page) ? "writable" : backing.mapped(page) ? "zero" : "absent");
    }

    @Test
    void allIsPresentAndWritableAtFirst() {
        assertThat(state(small, 0)).isEqualTo("4K writable");
        assertThat(state(small, 1023)).isEqualTo("4K writable");
        assertThat(state(huge, 0)).isEqualTo("2M writable");
        host.faultIn(small, 5, true);
        host.faultIn(huge, 5, false);
        assertThat(taken).isEmpty();
    }

    /** RC-24: pages of 4 KiB go one by one. */
    @Test
    void discardedSmallPageComesBackAsZeroAndIsCopiedWhenWritten() {
        host.discard(small, 10, 3);
        assertThat(taken).containsExactly("0: 10 +3");
        assertThat(state(small, 9)).isEqualTo("4K writable");
        assertThat(state(small, 10)).isEqualTo("4K absent");
        assertThat(state(small, 13)).isEqualTo("4K writable");

        host.faultIn(small, 10, false);
        assertThat(state(small, 10)).isEqualTo("4K zero");
        assertThat(taken).hasSize(1);
        host.faultIn(small, 10, false);
        assertThat(state(small, 10)).isEqualTo("4K zero");

        host.faultIn(small, 10, true);
        assertThat(state(small, 10)).isEqualTo("4K writable");
        assertThat(taken).as("the zero page goes first").containsExactly("0: 10 +3", "0: 10 +1");

        host.faultIn(small, 11, true);
        assertThat(state(small, 11)).isEqualTo("4K writable");
        assertThat(taken).as("an absent page has nothing to take").hasSize(2);
    }

    /** RC-24: a block wholly inside the range is left with nothing. */
    @Test
    void discardedHugePageComesBackHuge() {
        host.discard(huge, 0, 512);
        assertThat(taken).containsExactly("1: 0 +512");
        assertThat(state(huge, 0)).isEqualTo("4K absent");
        assertThat(state(huge, 512)).isEqualTo("2M writable");

        host.faultIn(huge, 77, true);
        assertThat(state(huge, 0)).isEqualTo("2M writable");
        assertThat(taken).hasSize(1);
    }

    /** RC-24a: the huge zero page, which a write splits. */
    @Test
    void readingADiscardedHugePageMapsTheHugeZeroPage() {
        host.discard(huge, 0, 512);
        host.faultIn(huge, 77, false);
        assertThat(state(huge, 0)).isEqualTo("2M zero");
        assertThat(state(huge, 77)).isEqualTo("2M zero");
        host.faultIn(huge, 0, false);
        assertThat(taken).hasSize(1);

        host.faultIn(huge, 77, true);
        assertThat(state(huge, 77)).isEqualTo("4K writable");
        assertThat(state(huge, 76)).isEqualTo("4K zero");
        assertThat(taken)
                .as("the block, when it is split; the page, when it is copied")
                .containsExactly("1: 0 +512", "1: 0 +512", "1: 77 +1");
    }

    /** RC-24 step 2. */
    @Test
    void discardingAPartSplitsAHugePageForEver() {
        host.discard(huge, 510, 4);
        assertThat(taken).containsExactly("1: 510 +4", "1: 0 +512", "1: 512 +512");
        assertThat(state(huge, 0)).isEqualTo("4K writable");
        assertThat(state(huge, 510)).isEqualTo("4K absent");
        assertThat(state(huge, 513)).isEqualTo("4K absent");
        assertThat(state(huge, 514)).isEqualTo("4K writable");

        host.discard(huge, 0, 512);
        assertThat(state(huge, 0)).isEqualTo("4K absent");
        host.faultIn(huge, 0, true);
        assertThat(state(huge, 0)).as("a block of small pages stays one").isEqualTo("4K writable");
        assertThat(taken).hasSize(4);
    }

    /** RC-24 step 2: zero pages stay zero pages. */
    @Test
    void discardingAPartOfTheHugeZeroPageLeavesZeroPages() {
        host.discard(huge, 0, 512);
        host.faultIn(huge, 0, false);
        taken.clear();

        host.discard(huge, 3, 1);

        assertThat(taken).containsExactly("1: 3 +1", "1: 0 +512");
        assertThat(state(huge, 2)).isEqualTo("4K zero");
        assertThat(state(huge, 3)).isEqualTo("4K absent");
    }

    /** RC-24: nothing stays nothing. */
    @Test
    void discardingNothingTakesNoBlockApart() {
        host.discard(huge, 0, 512);
        taken.clear();

        host.discard(huge, 3, 5);

        assertThat(taken).containsExactly("1: 3 +5");
        host.faultIn(huge, 3, true);
        assertThat(state(huge, 3)).isEqualTo("2M writable");
    }

    /** The end of a backing is the end of its last block. */
    @Test
    void theLastBlockMayBeShort() {
        host.discard(huge, 1024, 100);
        assertThat(state(huge, 1100)).isEqualTo("4K absent");
        host.faultIn(huge, 1100, false);
        host.faultIn(huge, 1100, true);

        assertThat(taken).containsExactly("1: 1024 +100", "1: 1024 +100", "1: 1100 +1");
    }

    /** PF-22. */
    @Test
    void everyInvalidationShowsInTheSequence() {
        host.discard(small, 0, 1);
        host.discard(huge, 1, 1);

        assertThat(host.invalidateSequence()).isEqualTo(3);
        assertThat(host.invalidating()).isFalse();
    }

    @Test
    void discardingLosesContentsAndNothingElse() {
        small.write(4, 0, 44);
        small.write(5, 511, 55);
        huge.write(600, 7, 66);

        host.discard(small, 5, 1);
        host.discard(huge, 512, 512);

        assertThat(small.read(4, 0)).isEqualTo(44);
        assertThat(small.read(5, 511)).isZero();
        assertThat(small.hasContents(5)).isFalse();
        assertThat(huge.read(600, 7)).isZero();
    }

    @Test
    void filledPagesShareTheirContentsUntilOneIsWritten() {
        long[] pattern = new long[512];
        pattern[9] = 99;
        small.setPattern(pattern);
        small.fill(1);
        small.fill(2);
        pattern[9] = 0;

        small.write(2, 9, 3);

        assertThat(small.read(1, 9)).isEqualTo(99);
        assertThat(small.read(2, 9)).isEqualTo(3);
        assertThat(small.read(3, 9)).isZero();
    }

    @Test
    void clearedPageHoldsZerosAndStaysPresent() {
        small.write(4, 3, 44);
        small.clear(4);

        assertThat(small.read(4, 3)).isZero();
        assertThat(small.hasContents(4)).isFalse();
        assertThat(small.presentWritable(4)).isTrue();
    }

    @Test
    void runIsWordsOfEqualDistanceUntilOneIsWritten() {
        small.fillRun(1, 0x1067, 0x1000);
        small.fillRun(2, 0x1067, 0x1000);

        small.write(1, 0, 0);
        small.write(1, 1, 0);
        assertThat(words(small, 1)).startsWith(0, 0, 0x3067, 0x4067).endsWith(0x200067);
        small.write(1, 3, 0);
        assertThat(words(small, 1)).startsWith(0, 0, 0x3067, 0, 0x5067).endsWith(0x200067);
        small.write(2, 0, 7);
        small.write(2, 511, 8);

        assertThat(words(small, 2)).startsWith(7, 0x2067, 0x3067).endsWith(0x1ff067, 8);
        assertThat(small.readBytes(2, 8, 4)).isEqualTo(0x2067);
        assertThat(small.hasContents(2)).isTrue();
    }

    private static long[] words(Backing backing, long page) {
        return java.util.stream.IntStream.range(0, 512)
                .mapToLong(word -> backing.read(page, word))
                .toArray();
    }

    /** RC-24b: a host frame is a page of one backing, and huge pages are aligned as their block is. */
    @Test
    void hostFramesLeadBackToTheirBacking() {
        for (Backing backing : List.of(small, huge)) {
            assertThat(backing.pfn(0) % 0x40000).isZero();
            for (long page : new long[] {0, 511, 1023}) {
                long pfn = backing.pfn(page);
                assertThat(host.holding(pfn)).isSameAs(backing);
                assertThat(backing.pageOf(pfn)).isEqualTo(page);
            }
        }
        assertThat(small.pfn(0)).as("frame 0 is nobody's").isPositive();
    }

    @Test
    void largeBackingTakesManyGigabytesOfFrames() {
        Backing large = host.addBacking(2, 3 << 18, false);
        Backing next = host.addBacking(3, 1, false);

        assertThat(host.holding(large.pfn((3 << 18) - 1))).isSameAs(large);
        assertThat(host.holding(next.pfn(0))).isSameAs(next);
        assertThat(next.pfn(0)).isGreaterThan(large.pfn((3 << 18) - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void aBackingNeedsAFreeNumber(int id) {
        assertThatThrownBy(() -> host.addBacking(id, 1, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBackingNeedsAPage() {
        assertThatThrownBy(() -> host.addBacking(9, 0, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> host.backing(9)).hasMessage("there is no backing 9");
        assertThat(host.has(9)).isFalse();
        assertThat(host.has(1)).isTrue();
    }
}
