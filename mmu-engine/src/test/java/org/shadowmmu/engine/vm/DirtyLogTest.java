package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.TestMachine;

/** Which pages a guest wrote, in both protocols (DL-1 to DL-7). */
class DirtyLogTest {
    private static final int LOG = Memslot.LOG_DIRTY;

    private TestMachine machine = TestMachine.direct();

    @AfterEach
    void everyInvariantHolds() {
        machine.audit();
    }

    private static TestMachine manual(boolean initiallySet) {
        return TestMachine.with(MmuOptions.tdp().withDirtyManualProtect(true).withDirtyInitiallySet(initiallySet));
    }

    private String log() {
        return BitSet.valueOf(machine.vm.dirtyLog(0, 0)).toString();
    }

    private long flushes() {
        return machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
    }

    /** DL-1. */
    @Test
    void startingTheLogWriteProtectsWhatIsMapped() {
        machine.slot(0, 0, 0x100);
        machine.write(5);
        long before = flushes();

        machine.flags(0, LOG);

        assertThat(machine.spte(5) & ~Spte.ADDRESS).as("110 of ST-6").isEqualTo(0xe65);
        assertThat(machine.spte(6) & ~Spte.ADDRESS).isEqualTo(0xe45);
        assertThat(flushes()).isEqualTo(before + 1);
        assertThat(log()).isEqualTo("{}");
    }

    /** DL-1d: the flush is unconditional. */
    @Test
    void startingTheLogOfAnUnusedSlotFlushesToo() {
        machine.slot(0, 0, 0x100);

        machine.flags(0, LOG);

        assertThat(flushes()).isOne();
    }

    /** DL-1c: huge leaves as well. */
    @Test
    void startingTheLogProtectsHugePages() {
        machine.slot(0, 0, 0x400, 0, true);
        machine.write(5);

        machine.flags(0, LOG);

        assertThat(machine.spte(5) & ~Spte.ADDRESS).isEqualTo(0xee5);
    }

    /** DL-3: reading takes the bits and protects the pages again. */
    @Test
    void readingTheLogStartsTheNextRound() {
        machine.slot(0, 0, 0x100);
        machine.flags(0, LOG);
        machine.write(5);
        machine.write(0x41);
        machine.write(0xff);
        long before = flushes();

        assertThat(log()).isEqualTo("{5, 65, 255}");
        assertThat(flushes()).isEqualTo(before + 1);
        assertThat(log()).isEqualTo("{}");
        assertThat(flushes()).as("nothing was set").isEqualTo(before + 1);
        assertThat(machine.spte(5) & Spte.WRITABLE).isZero();

        machine.write(0x41);
        assertThat(log()).isEqualTo("{65}");
    }

    /** ST-10.8, DL-6: a writable mapping may be written without notice, so it counts as a write. */
    @Test
    void readFaultThatMapsWritableCountsAsAWrite() {
        machine.slot(0, 0, 0x100);
        machine.flags(0, LOG);

        machine.read(5);

        assertThat(log()).isEqualTo("{5}");
    }

    /** DL-6: reading a page that is mapped read-only is no write. */
    @Test
    void readingAProtectedPageIsNoWrite() {
        machine.slot(0, 0, 0x100);
        machine.write(5);
        machine.flags(0, LOG);

        machine.read(5);

        assertThat(log()).isEqualTo("{}");
    }

    /** DL-7: a write to a huge page brings one small page, which is dirty. */
    @Test
    void hugePageIsReplacedBySmallPagesAsTheyAreWritten() {
        machine.slot(0, 0, 0x400, 0, true);
        machine.write(5);
        machine.flags(0, LOG);

        machine.write(0x105);
        machine.write(7);

        assertThat(log()).isEqualTo("{7, 261}");
        assertThat(machine.stat(Counter.PAGES_2M)).isZero();
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(2);
    }

    /** DL-2: small leaves that could be huge go, so that they come back huge. */
    @Test
    void endOfTheLogDropsWhatCouldBeHuge() {
        machine.slot(0, 0, 0x400, LOG, true);
        machine.write(5);
        machine.write(0x205);
        long before = flushes();

        machine.flags(0, 0);

        assertThat(machine.stat(Counter.PAGES_4K)).isZero();
        assertThat(flushes()).isEqualTo(before + 1);
        machine.write(5);
        assertThat(machine.stat(Counter.PAGES_2M)).isOne();
        assertThat(machine.vm.dirtyLog(0, 0)).isNull();
    }

    /** DL-2. */
    @Test
    void endOfTheLogKeepsWhatMustBeSmall() {
        machine.slot(0, 0, 0x400, LOG, false);
        machine.write(5);
        long before = flushes();

        machine.flags(0, 0);

        assertThat(machine.stat(Counter.PAGES_4K)).isOne();
        assertThat(flushes()).isEqualTo(before);
    }

    /** DL-4, RC-23. */
    @ParameterizedTest
    @CsvSource({
        "0, 64, 0",
        "64, 64, 0",
        "192, 58, 0",
        "0, 250, 0",
        "0, 0, 0",
        "1, 64, 22",
        "0, 63, 22",
        "192, 64, 22",
        "256, 64, 22",
        "-64, 64, 22",
        "192, 57, 22",
    })
    void onlyAlignedRangesOfTheLogCanBeCleared(long first, long count, int errno) {
        machine = manual(false);
        machine.slot(0, 0, 250, LOG, false);

        assertThat(machine.vm.clearDirtyLog(0, 0, first, count)).isEqualTo(errno);
    }

    /** RC-23. */
    @Test
    void slotWithoutALogHasNone() {
        machine.slot(0, 0, 0x100);

        assertThat(machine.vm.dirtyLog(0, 0)).isNull();
        assertThat(machine.vm.dirtyLog(0, 9)).isNull();
        assertThat(machine.vm.clearDirtyLog(0, 0, 0, 64)).isEqualTo(2);
        assertThat(machine.vm.clearDirtyLog(1, 0, 0, 64)).isEqualTo(2);
    }

    /** DL-3, DL-4: with the manual protocol reading changes nothing, and clearing protects what it clears. */
    @Test
    void manualProtocolSeparatesReadingAndClearing() {
        machine = manual(false);
        machine.slot(0, 0, 0x100, LOG, false);
        machine.write(5);
        machine.write(0x45);
        long before = flushes();

        assertThat(log()).isEqualTo("{5, 69}");
        assertThat(log()).isEqualTo("{5, 69}");
        assertThat(flushes()).isEqualTo(before);
        assertThat(machine.spte(5) & Spte.WRITABLE).isNotZero();

        assertThat(machine.vm.clearDirtyLog(0, 0, 0, 64)).isZero();
        assertThat(log()).isEqualTo("{69}");
        assertThat(machine.spte(5) & Spte.WRITABLE).isZero();
        assertThat(machine.spte(0x45) & Spte.WRITABLE).isNotZero();
        assertThat(flushes()).isEqualTo(before + 1);

        machine.vm.clearDirtyLog(0, 0, 0, 64);
        assertThat(flushes()).as("nothing was set").isEqualTo(before + 1);
    }

    /** DL-1a. */
    @Test
    void initiallySetLogStartsFullAndProtectsNothing() {
        machine = manual(true);
        machine.slot(0, 0, 0x60);
        machine.write(5);
        long before = flushes();

        machine.flags(0, LOG);

        assertThat(BitSet.valueOf(machine.vm.dirtyLog(0, 0)).cardinality()).isEqualTo(0x60);
        assertThat(machine.spte(5) & Spte.WRITABLE).isNotZero();
        assertThat(flushes()).isEqualTo(before);
    }

    /** DL-5: the first clearing protects huge pages in the strong form, so that the next write splits them. */
    @Test
    void clearingAnInitiallySetLogProtectsTheHugePagesItTouches() {
        machine = manual(true);
        machine.slot(0, 0, 0x600, 0, true);
        machine.write(5);
        machine.write(0x205);
        machine.write(0x405);
        machine.flags(0, LOG);

        machine.vm.clearDirtyLog(0, 0, 64, 64);

        assertThat(machine.spte(5) & ~Spte.ADDRESS).isEqualTo(0xae5);
        assertThat(machine.spte(0x205) & ~Spte.ADDRESS).isEqualTo(0xee7);
        machine.write(64);
        assertThat(machine.spte(64) & ~Spte.ADDRESS).isEqualTo(0xe67);
        assertThat(log()).startsWith("{0, 1, 2").contains(" 63, 64, 128, ");
    }

    /** DL-5: a word of the log may lie in two huge pages when the slot does not begin with one. */
    @Test
    void clearingAWordProtectsBothHugePagesItLiesIn() {
        machine = manual(true);
        int backing = machine.backing(0x800, true);
        machine.vm.setMemslot(0, 0, 0x1e0, 0x420, 0, backing, 0x1e0);
        machine.write(0x205);
        machine.write(0x405);
        assertThat(machine.stat(Counter.PAGES_2M)).isEqualTo(2);
        machine.flags(0, LOG);

        machine.vm.clearDirtyLog(0, 0, 0x200, 64);

        assertThat(machine.spte(0x205) & Spte.WRITABLE).as("0x3e0 to 0x3ff").isZero();
        assertThat(machine.spte(0x405) & Spte.WRITABLE).as("0x400 to 0x41f").isZero();
    }

    /** MS-10a: a slot that moves takes its log along. */
    @Test
    void movedSlotKeepsItsLog() {
        machine.slot(0, 0x100, 0x100, LOG, false);
        machine.write(0x105);

        machine.vm.setMemslot(0, 0, 0x800, 0x100, LOG, 0, 0);
        machine.write(0x807);

        assertThat(log()).isEqualTo("{5, 7}");
    }

    /** DL-1a: the bitmap is all ones whenever it is made, also by a slot that is created with the flag. */
    @Test
    void initiallySetLogOfANewSlotStartsFull() {
        machine = manual(true);

        machine.slot(0, 0, 3, LOG, false);

        assertThat(log()).isEqualTo("{0, 1, 2}");
        assertThat(flushes()).isZero();
    }

    /** DL-1a, MS-13: a read-only slot has no transition, but its bitmap is made as any other. */
    @Test
    void initiallySetLogOfAReadOnlySlotStartsFull() {
        machine = manual(true);
        machine.slot(0, 0, 3, Memslot.READONLY, false);

        machine.flags(0, Memslot.READONLY | LOG);

        assertThat(log()).isEqualTo("{0, 1, 2}");
        assertThat(flushes()).isZero();
    }

    /** MS-10a, DL-1a: a slot that moves keeps its bitmap; one that moves and starts to log gets a full one. */
    @Test
    void initiallySetLogOfAMovedSlot() {
        machine = manual(true);
        int backing = machine.slot(0, 0, 64, LOG, false);
        assertThat(machine.vm.clearDirtyLog(0, 0, 0, 64)).isZero();

        assertThat(machine.vm.setMemslot(0, 0, 0x1000, 64, LOG, backing, 0)).isZero();
        assertThat(log()).isEqualTo("{}");

        machine.flags(0, 0);
        assertThat(machine.vm.setMemslot(0, 0, 0, 64, LOG, backing, 0)).isZero();
        assertThat(BitSet.valueOf(machine.vm.dirtyLog(0, 0)).cardinality()).isEqualTo(64);
    }
}
