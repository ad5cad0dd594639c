package org.shadowmmu.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Guest memory as the hypervisor sees it (GP-6, DL-6, RC-24a). */
class GuestMemoryTest {
    private final HostMemory host = new HostMemory();
    private final MemslotTable table = new MemslotTable();
    private final GuestMemory memory = new GuestMemory(table, host);

    @Test
    void aWordIsReadWhereItWasWritten() {
        Backing backing = host.addBacking(0, 0x20, false);
        Memslot slot = table.create(0, 0, 0x100, 0x10, backing, 0x10, Memslot.LOG_DIRTY);

        memory.write(slot, 0x103ff8, 77);

        assertThat(memory.slotOf(0, 0x103ff8)).isSameAs(slot);
        assertThat(memory.read(slot, 0x103ffb)).isEqualTo(77);
        assertThat(backing.read(0x13, 511)).isEqualTo(77);
        assertThat(slot.dirtyWord(0)).as("DL-6").isEqualTo(1 << 3);
        assertThat(memory.slotOf(0, 0x110000)).isNull();
        assertThat(memory.slotOf(1, 0x103ff8)).isNull();
    }

    /** RC-24a: the hypervisor faults pages in like anyone else. */
    @Test
    void readingAnAbsentPageMapsTheZeroPage() {
        Backing backing = host.addBacking(0, 0x10, false);
        Memslot slot = table.create(0, 0, 0, 0x10, backing, 0, 0);
        host.discard(backing, 0, 0x10);

        assertThat(memory.read(slot, 0x3000)).isZero();
        assertThat(backing.mapped(3)).isTrue();
        assertThat(backing.presentWritable(3)).isFalse();
        memory.write(slot, 0x3000, 1);
        assertThat(backing.presentWritable(3)).isTrue();
        assertThat(backing.mapped(4)).isFalse();
    }

    @Test
    void partsOfAWordAreMergedAndExtracted() {
        long word = 0x1122334455667788L;

        assertThat(GuestMemory.extract(word, 0x1000, 8)).isEqualTo(word);
        assertThat(GuestMemory.extract(word, 0x1004, 4)).isEqualTo(0x11223344);
        assertThat(GuestMemory.extract(word, 0x1003, 1)).isEqualTo(0x55);
        assertThat(GuestMemory.merge(word, 0x1004, -1, 4)).isEqualTo(0xffffffff55667788L);
        assertThat(GuestMemory.merge(word, 0x1001, 0xabcd, 2)).isEqualTo(0x1122334455abcd88L);
        assertThat(GuestMemory.merge(word, 0x1000, 5, 8)).isEqualTo(5);
    }
}
