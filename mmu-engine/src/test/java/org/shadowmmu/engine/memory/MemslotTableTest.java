package org.shadowmmu.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The memslots of a virtual machine and their generations (MS-3, MS-10, MS-11). */
class MemslotTableTest {
    private final HostMemory host = new HostMemory();
    private final Backing backing = host.addBacking(0, 0x10000, false);
    private final MemslotTable table = new MemslotTable();

    private Memslot create(int id, int space, long base, long pages) {
        return table.create(id, space, base, pages, backing, 0, 0);
    }

    /** MS-3: a space starts at its number, an activation adds 2. */
    @Test
    void generationsOfTheTwoSpacesNeverMeet() {
        assertThat(table.generation(0)).isZero();
        assertThat(table.generation(1)).isOne();

        create(0, 0, 0, 0x10);
        create(1, 0, 0x100, 0x10);
        create(0, 1, 0, 0x10);

        assertThat(table.generation(0)).isEqualTo(4);
        assertThat(table.generation(1)).isEqualTo(3);
    }

    /** MS-3, MS-10: creation and flags are one activation, deletion and move are two. */
    @Test
    void everyActivationIsAGeneration() {
        Memslot slot = create(0, 0, 0, 0x10);
        assertThat(table.generation(0)).isEqualTo(2);
        slot = table.changeFlags(slot, Memslot.LOG_DIRTY);
        assertThat(table.generation(0)).isEqualTo(4);
        table.invalidate(slot);
        assertThat(table.generation(0)).isEqualTo(6);
        slot = table.move(slot, 0x50, 0);
        assertThat(table.generation(0)).isEqualTo(8);
        table.invalidate(slot);
        table.delete(slot);
        assertThat(table.generation(0)).isEqualTo(12);
    }

    /** MS-11. */
    @Test
    void aDyingSlotIsFoundButNotUsable() {
        Memslot slot = create(0, 0, 0x100, 0x10);
        assertThat(table.findUsable(0, 0x105)).isSameAs(slot);

        table.invalidate(slot);

        assertThat(table.find(0, 0x105)).isSameAs(slot);
        assertThat(table.findUsable(0, 0x105)).isNull();
        table.delete(slot);
        assertThat(table.find(0, 0x105)).isNull();
    }

    /** ZAP-40 counts all spaces. */
    @Test
    void pagesOfAllSlotsAreCounted() {
        Memslot slot = create(0, 0, 0, 0x10);
        create(1, 0, 0x100, 0x20);
        create(0, 1, 0, 0x40);
        assertThat(table.totalPages()).isEqualTo(0x70);

        table.invalidate(slot);
        assertThat(table.totalPages()).isEqualTo(0x70);
        slot = table.move(slot, 0x900, 0);
        assertThat(table.totalPages()).isEqualTo(0x70);
        table.changeFlags(slot, Memslot.LOG_DIRTY);
        assertThat(table.totalPages()).isEqualTo(0x70);
        table.invalidate(table.byId(0, 0));
        table.delete(table.byId(0, 0));
        assertThat(table.totalPages()).isEqualTo(0x60);
    }

    @Test
    void slotsAreFoundByNumberAndInOrderOfAddress() {
        Memslot high = create(3, 0, 0x500, 0x10);
        Memslot low = create(9, 0, 0x100, 0x10);

        assertThat(table.count(0)).isEqualTo(2);
        assertThat(table.slot(0, 0)).isSameAs(low);
        assertThat(table.slot(0, 1)).isSameAs(high);
        assertThat(table.byId(0, 3)).isSameAs(high);
        assertThat(table.byId(0, 4)).isNull();
        assertThat(table.byId(1, 3)).isNull();
    }

    /** MS-2. */
    @Test
    void rangesOverlapWhenTheyShareAFrame() {
        create(3, 0, 0x500, 0x10);

        assertThat(table.overlaps(0, 0x4f0, 0x10, -1)).isFalse();
        assertThat(table.overlaps(0, 0x4f0, 0x11, -1)).isTrue();
        assertThat(table.overlaps(0, 0x505, 1, -1)).isTrue();
        assertThat(table.overlaps(0, 0x50f, 0x100, -1)).isTrue();
        assertThat(table.overlaps(0, 0x510, 0x100, -1)).isFalse();
        assertThat(table.overlaps(0, 0x505, 1, 3))
                .as("a slot may move over itself")
                .isFalse();
        assertThat(table.overlaps(1, 0x505, 1, -1)).as("spaces are apart").isFalse();
    }

    /** The slot found last is asked first; that must never show. */
    @Test
    void anyFrameFindsItsSlotWhateverWasFoundBefore() {
        SplittableRandom random = new SplittableRandom(3);
        for (int step = 0; step < 50_000; step++) {
            if (random.nextInt(50) == 0) {
                int id = random.nextInt(12);
                Memslot slot = table.byId(0, id);
                long base = random.nextLong(0x400);
                long pages = 1 + random.nextLong(0x40);
                if (slot != null) {
                    table.invalidate(slot);
                    table.delete(slot);
                } else if (!table.overlaps(0, base, pages, -1)) {
                    create(id, 0, base, pages);
                }
            }
            long gfn = random.nextLong(0x450);
            Memslot expected = null;
            for (int place = 0; place < table.count(0); place++) {
                if (table.slot(0, place).contains(gfn)) {
                    expected = table.slot(0, place);
                }
            }
            assertThat(table.find(0, gfn)).isSameAs(expected);
        }
    }
}
