package org.shadowmmu.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the MMU keeps per memslot (MS-5, MS-6, MS-10a, MS-31, RM-9, DL-6). */
class MemslotTest {
    private final HostMemory host = new HostMemory();
    private final MemslotTable table = new MemslotTable();
    private int backings;

    private Memslot slot(long base, long pages, long backingPage, int flags) {
        Backing backing = host.addBacking(backings++, backingPage + pages, false);
        return table.create(backings, 0, base, pages, backing, backingPage, flags);
    }

    private static String counts(Memslot slot, int level) {
        StringBuilder counts = new StringBuilder();
        for (int block = 0; block < slot.indexes(level); block++) {
            counts.append(slot.disallowCount(level, block));
        }
        return counts.toString();
    }

    /** MS-5: one digit per block of 2 MiB. */
    @ParameterizedTest
    @CsvSource({
        "0x0,    0x800, 0x0,   0000,  everything aligned",
        "0x100,  0x700, 0x100, 1000,  the base is not aligned",
        "0x0,    0x7ff, 0x0,   0001,  the end is not aligned",
        "0x100,  0x800, 0x100, 10001, neither is",
        "0x10,   0x20,  0x10,  1,     one block with both ends unaligned counts once",
        "0x200,  0x600, 0x1,   111,   base and host memory are not aligned to each other",
        "0x201,  0x400, 0x1,   101,   both are off by the same",
        "0x1ff,  0x2,   0x1ff, 11,    two pages across a border",
    })
    void hugePagesAreForbiddenWhereAlignmentForbidsThem(
            String base, String pages, String backingPage, String counts, String why) {
        Memslot slot = slot(Long.decode(base), Long.decode(pages), Long.decode(backingPage), 0);

        assertThat(counts(slot, 2)).as(why).isEqualTo(counts);
    }

    /** MS-5 at level 3: a slot shorter than a GiB has none. */
    @Test
    void gigabytePagesNeedAnAlignedGigabyte() {
        assertThat(counts(slot(0, 0x80000, 0, 0), 3)).isEqualTo("00");
        assertThat(counts(slot(0x100000, 0x7f000, 0, 0), 3)).isEqualTo("01");
        assertThat(counts(slot(0x200200, 0x40000, 0x200, 0), 3)).isEqualTo("11");
        assertThat(counts(slot(0x300200, 0x40000, 0, 0), 3)).isEqualTo("11");
    }

    /** MS-6. */
    @Test
    void shadowedTablesCountOnTopOfTheAlignment() {
        Memslot slot = slot(0x100, 0x700, 0x100, 0);

        slot.countTable(0x101, 1, 1);
        slot.countTable(0x200, 1, 1);
        slot.countTable(0x3ff, 1, 1);
        assertThat(counts(slot, 2)).isEqualTo("2200");
        assertThat(counts(slot, 3)).isEqualTo("4");
        assertThat(slot.hugeDisallowed(0x2ab, 2)).isTrue();
        assertThat(slot.hugeDisallowed(0x400, 2)).isFalse();

        slot.countTable(0x200, 1, -1);
        slot.countTable(0x3ff, 1, -1);
        assertThat(counts(slot, 2)).isEqualTo("2000");
        assertThat(slot.hugeDisallowed(0x2ab, 2)).isFalse();
    }

    /** RM-9. */
    @Test
    void entriesOfALevelAreCountedFromTheRegionThatHoldsTheBase() {
        Memslot slot = slot(0x1ff, 0x402, 0x1ff, 0);

        assertThat(IntStream.rangeClosed(1, 3).map(slot::indexes)).containsExactly(0x402, 4, 1);
        assertThat(slot.index(0x1ff, 1)).isZero();
        assertThat(slot.index(0x1ff, 2)).isZero();
        assertThat(slot.index(0x200, 2)).isOne();
        assertThat(slot.index(0x600, 2)).isEqualTo(3);
    }

    @Test
    void theHostPageBehindAFrameIsCountedFromTheBase() {
        Memslot slot = slot(0x1000, 0x10, 0x25, 0);

        assertThat(slot.hostPage(0x1003)).isEqualTo(0x28);
        assertThat(slot.contains(0xfff)).isFalse();
        assertThat(slot.contains(0x1000)).isTrue();
        assertThat(slot.contains(0x100f)).isTrue();
        assertThat(slot.contains(0x1010)).isFalse();
    }

    /** MS-31: other flags keep every account; another place starts from zero. */
    @Test
    void aFlagChangeKeepsTheAccountsAndAMoveDoesNot() {
        Memslot slot = slot(0, 0x400, 0, 0);
        slot.countTable(5, 2, 1);
        slot.setRmap(1, 5, 77);

        Memslot changed = slot.withFlags(Memslot.LOG_DIRTY);
        assertThat(changed.trackCount(5)).isOne();
        assertThat(changed.disallowCount(2, 0)).isOne();
        assertThat(changed.rmap(1, 5)).isEqualTo(77);
        assertThat(changed.filledRmaps(1)).isOne();
        changed.countTable(6, 3, 1);
        assertThat(slot.trackCount(6)).as("both are one slot").isOne();
        assertThat(slot.trackedFrames()).isEqualTo(2);

        Memslot moved = slot.movedTo(0x1001, 0);
        assertThat(moved.trackCount(0x1006)).isZero();
        assertThat(moved.trackedFrames()).isZero();
        assertThat(counts(moved, 2)).isEqualTo("111");
        assertThat(moved.filledRmaps(1)).isZero();
    }

    /** DL-6: nothing is noted unless somebody asked. */
    @Test
    void writesAreNotedOnlyWhileTheyAreLogged() {
        Memslot silent = slot(0, 0x100, 0, 0);
        silent.markDirty(5);
        assertThat(silent.dirtyWords()).isZero();

        Memslot slot = silent.withFlags(Memslot.LOG_DIRTY);
        assertThat(slot.dirtyWords()).isEqualTo(4);
        slot.markDirty(5);
        slot.markDirty(0xc1);
        assertThat(slot.dirtyWord(0)).isEqualTo(1 << 5);
        assertThat(slot.dirtyWord(3)).isEqualTo(2);
        assertThat(slot.clearDirty(0, 0xff)).isEqualTo(1 << 5);
        assertThat(slot.clearDirty(0, 0xff)).isZero();

        assertThat(slot.withFlags(0).withFlags(Memslot.LOG_DIRTY).dirtyWord(3))
                .as("a new log starts empty")
                .isZero();
    }

    /** MS-10a: bits stay at the same page of the slot. */
    @Test
    void theDirtyBitmapMovesWithTheSlot() {
        Memslot slot = slot(0x100, 0x100, 0, Memslot.LOG_DIRTY);
        slot.markDirty(0x105);

        Memslot moved = slot.movedTo(0x900, Memslot.LOG_DIRTY);

        assertThat(moved.dirtyWord(0)).isEqualTo(1 << 5);
    }

    /** DL-1a. */
    @Test
    void allDirtyMeansEveryPageAndNoMore() {
        Memslot slot = slot(0, 70, 0, Memslot.LOG_DIRTY);

        slot.markAllDirty();

        assertThat(slot.dirtyWord(0)).isEqualTo(-1L);
        assertThat(slot.dirtyWord(1)).isEqualTo(63);
    }
}
