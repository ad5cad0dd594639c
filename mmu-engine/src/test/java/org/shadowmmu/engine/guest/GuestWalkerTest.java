package org.shadowmmu.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shadowmmu.engine.guest.GuestTables.A;
import static org.shadowmmu.engine.guest.GuestTables.ALL;
import static org.shadowmmu.engine.guest.GuestTables.D;
import static org.shadowmmu.engine.guest.GuestTables.NX;
import static org.shadowmmu.engine.guest.GuestTables.P;
import static org.shadowmmu.engine.guest.GuestTables.PS;
import static org.shadowmmu.engine.guest.GuestTables.U;
import static org.shadowmmu.engine.guest.GuestTables.W;
import static org.shadowmmu.engine.guest.GuestTables.mode;

import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.testing.EventLog;

/** The walk of guest page tables, step by step (GP-1 to GP-30). {@link GuestWalkerModelTest} has all combinations. */
class GuestWalkerTest {
    private static final long ADDRESS = 0x7f12_3456_7890L & -4096L;

    private final EventLog events = new EventLog();

    private GuestTables tables(int levels) {
        return new GuestTables(mode(levels), events);
    }

    private static long to(int level, long bits) {
        return GuestTables.table(level) << 12 | bits;
    }

    /** GP-2, GP-5, GP-7, GP-21a. */
    @Test
    void walkReadsAnEntryPerLevel() {
        GuestTables guest = tables(4);
        guest.map(ADDRESS, to(3, ALL), to(2, ALL), to(1, ALL), 0x12345L << 12 | ALL);

        assertThat(guest.walk(ADDRESS | 0x678, Access.USER)).isTrue();

        assertThat(events.take())
                .containsExactly(
                        "walk 7f1234567678 error 4",
                        "element 103067 l4",
                        "element 102067 l3",
                        "element 101067 l2",
                        "element 12345067 l1");
        assertThat(guest.walker.gfn()).isEqualTo(0x12345);
        assertThat(guest.walker.leafLevel()).isOne();
        assertThat(guest.walker.topLevel()).isEqualTo(4);
        assertThat(guest.walker.leafAccess()).isEqualTo(7);
        assertThat(guest.walker.tableGfn(4)).isEqualTo(0x104);
        assertThat(guest.walker.entryGpa(2)).isEqualTo(guest.entryGpa(ADDRESS, 2));
    }

    /** GP-8, GP-11, GP-13: what the levels above allow. */
    @Test
    void permissionsAccumulateFromTheTop() {
        GuestTables guest = tables(4);
        guest.map(ADDRESS, to(3, ALL & ~W), to(2, ALL), to(1, ALL & ~U), 5 << 12 | ALL | NX);

        assertThat(guest.walk(ADDRESS, 0)).isTrue();

        assertThat(guest.walker.tableAccess(4)).isEqualTo(7);
        assertThat(guest.walker.tableAccess(3)).isEqualTo(5);
        assertThat(guest.walker.tableAccess(2)).isEqualTo(5);
        assertThat(guest.walker.tableAccess(1)).isEqualTo(1);
        assertThat(guest.walker.leafAccess()).isZero();
    }

    /** GP-22, GP-24: after all entries were read, from the top; D only in the leaf and only for a write. */
    @Test
    void accessedAndDirtyBitsAreSetFromTheTop() {
        GuestTables guest = tables(4);
        guest.map(ADDRESS, to(3, P | W | U), to(2, P | W | U | A), to(1, P | W | U), 5 << 12 | P | W | U);

        assertThat(guest.walk(ADDRESS, Access.WRITE)).isTrue();

        assertThat(events.take("accessed", "dirty"))
                .containsExactly(
                        "accessed " + Long.toHexString(guest.entryGpa(ADDRESS, 4)),
                        "accessed " + Long.toHexString(guest.entryGpa(ADDRESS, 2)),
                        "accessed " + Long.toHexString(guest.entryGpa(ADDRESS, 1)),
                        "dirty " + Long.toHexString(guest.entryGpa(ADDRESS, 1)));
        assertThat(guest.get(guest.entryGpa(ADDRESS, 4))).isEqualTo(to(3, P | W | U | A));
        assertThat(guest.get(guest.entryGpa(ADDRESS, 1))).isEqualTo(5 << 12 | ALL);
        assertThat(guest.walker.entry(1)).as("the entry as it is now").isEqualTo(5 << 12 | ALL);
    }

    /** GP-14: a clean page must fault once more when it is written. */
    @Test
    void cleanPageIsNotWritableAfterARead() {
        GuestTables guest = tables(4);
        guest.map(ADDRESS, to(3, ALL), to(2, ALL), to(1, ALL), 5 << 12 | P | W | U);

        guest.walk(ADDRESS, 0);
        assertThat(guest.walker.leafAccess()).isEqualTo(5);
        guest.walk(ADDRESS, Access.WRITE);
        assertThat(guest.walker.leafAccess()).isEqualTo(7);
        guest.walk(ADDRESS, 0);
        assertThat(guest.walker.leafAccess()).isEqualTo(7);
    }

    /** GP-22: the walk updates the dirty log of the table, not of the page. */
    @Test
    void updatedTableIsDirty() {
        GuestTables guest = new GuestTables(mode(4), events, Memslot.LOG_DIRTY);
        guest.map(ADDRESS, to(3, ALL), to(2, ALL), to(1, ALL), 5 << 12 | P | W | U);
        Memslot slot = guest.slots.find(0, 0);

        guest.walk(ADDRESS, Access.WRITE);

        assertThat(slot.dirtyWord(0x101 >> 6)).isEqualTo(1L << 0x101);
        assertThat(slot.dirtyWord(0)).isZero();
    }

    /** GP-6, GP-22: tables in read-only memory can be walked; what would be set stays unset. */
    @Test
    void readOnlyTablesAreWalkedAndStayAsTheyAre() {
        GuestTables guest = new GuestTables(mode(4), events, Memslot.READONLY);
        guest.map(ADDRESS, to(3, P | W | U), to(2, ALL), to(1, ALL), 5 << 12 | P | W | U);

        assertThat(guest.walk(ADDRESS, Access.WRITE)).isTrue();

        assertThat(events.take("accessed", "dirty")).hasSize(3);
        assertThat(guest.get(guest.entryGpa(ADDRESS, 4))).isEqualTo(to(3, P | W | U));
        assertThat(guest.walker.leafAccess()).isEqualTo(7);
    }

    /** GP-22: an entry that is read twice is found changed the second time, and the walk starts again. */
    @Test
    void tableThatMapsItselfIsWalkedAgain() {
        GuestTables guest = tables(4);
        long address = 0x1fffffffff000L;
        guest.map(address, to(4, P | W | U));
        String entry = Long.toHexString(guest.entryGpa(address, 4));

        assertThat(guest.walk(address, 0)).isTrue();

        assertThat(events.take())
                .containsExactly(
                        "walk 1fffffffff000 error 0",
                        "element 104007 l4",
                        "element 104007 l3",
                        "element 104007 l2",
                        "element 104007 l1",
                        "accessed " + entry,
                        "accessed " + entry,
                        "element 104027 l4",
                        "element 104027 l3",
                        "element 104027 l2",
                        "element 104027 l1");
        assertThat(guest.walker.gfn()).isEqualTo(GuestTables.table(4));
    }

    /** GP-6, GP-30. */
    @Test
    void tableOutsideMemoryIsNotPresent() {
        GuestTables guest = tables(4);
        guest.map(ADDRESS, 0x7777L << 12 | ALL);

        assertThat(guest.walk(ADDRESS, Access.WRITE | Access.USER)).isFalse();

        assertThat(events.take()).containsExactly("walk 7f1234567000 error 6", "element 7777067 l4", "error 6");
        assertThat(guest.walker.error()).isEqualTo(6);
    }

    /** GP-6. */
    @Test
    void tableInADyingSlotIsNotPresent() {
        GuestTables guest = tables(4);
        guest.slots.invalidate(guest.slots.find(0, 0));

        assertThat(guest.walk(ADDRESS, 0)).isFalse();

        assertThat(events.take()).containsExactly("walk 7f1234567000 error 0", "error 0");
    }

    /** GP-4: the register, whatever memory says; no permissions, no accessed bit, and the top level is 2. */
    @Test
    void paeGuestStartsAtItsPdpteRegister() {
        GuestTables guest = tables(3);
        long address = 0xc0201000L;
        guest.map(address, to(2, P), to(1, ALL), 5 << 12 | ALL);

        assertThat(guest.walk(address, Access.WRITE | Access.USER)).isTrue();

        assertThat(events.take())
                .containsExactly("walk c0201000 error 6", "element 102001 l3", "element 101067 l2", "element 5067 l1");
        assertThat(guest.walker.topLevel()).isEqualTo(2);
        assertThat(guest.walker.leafAccess()).isEqualTo(7);

        assertThat(guest.walk(0x40000000, 0)).as("that register is not present").isFalse();
        assertThat(events.take()).containsExactly("walk 40000000 error 0", "element 0 l3", "error 0");
    }

    /** GP-12, GP-15, GP-21a: 4 MiB pages of a 32-bit guest reach above 4 GiB. */
    @Test
    void fourMegabytePageHasItsUpperAddressBitsBelow() {
        GuestTables guest = tables(2);
        long address = 0x00c34000L;
        guest.map(address, 0xff800000L | 0x9L << 13 | ALL | PS);

        assertThat(guest.walk(address, Access.WRITE)).isTrue();

        assertThat(guest.walker.leafLevel()).isEqualTo(2);
        assertThat(guest.walker.gfn()).isEqualTo(0x9ff800L + 0x34);
    }

    /** GP-12: without CR4.PSE the bit means nothing. */
    @Test
    void withoutPseThereAreNoFourMegabytePages() {
        PagingMode without = new PagingMode(2, true, true, true, false, false, false, true, true, 40);
        GuestTables guest = new GuestTables(without, events);
        long address = 0x00c34000L;
        guest.map(address, to(1, ALL | PS), 5 << 12 | ALL);

        assertThat(guest.walk(address, 0)).isTrue();
        assertThat(guest.walker.leafLevel()).isOne();
        assertThat(guest.walker.gfn()).isEqualTo(5);
    }

    /** GP-21a. */
    @Test
    void largePagesContributeTheirBaseOnly() {
        GuestTables guest = tables(4);
        guest.map(ADDRESS, to(3, ALL), to(2, ALL), 0x40000L << 12 | ALL | PS | 1L << 12);
        guest.walk(ADDRESS, 0);
        assertThat(guest.walker.gfn()).isEqualTo(0x40000L + (ADDRESS >>> 12 & 511));
        assertThat(guest.walker.leafLevel()).isEqualTo(2);

        guest.map(ADDRESS, to(3, ALL), 0x80000L << 12 | ALL | PS);
        guest.walk(ADDRESS, 0);
        assertThat(guest.walker.gfn()).isEqualTo(0x80000L + (ADDRESS >>> 12 & 0x3ffff));
        assertThat(guest.walker.leafLevel()).isEqualTo(3);
    }

    /** GP-19: a write to a read-only page by the kernel itself, while CR0.WP is clear. */
    @Test
    void supervisorWritesReadOnlyPagesWithoutWriteProtection() {
        GuestTables guest = new GuestTables(mode(4, false, true, false, false), events);
        guest.map(ADDRESS, to(3, ALL), to(2, ALL), to(1, ALL), 5 << 12 | P | U | A);

        assertThat(guest.walk(ADDRESS, Access.WRITE)).isTrue();
        assertThat(guest.walker.leafAccess()).isEqualTo(5);
        assertThat(guest.get(guest.entryGpa(ADDRESS, 1)) & D).isNotZero();
        assertThat(guest.walk(ADDRESS, Access.WRITE | Access.USER)).isFalse();
        assertThat(guest.walker.error()).isEqualTo(7);
    }

    /** GP-30: the fetch bit is reported only if fetches can be told apart. */
    @Test
    void fetchBitNeedsNxOrSmep() {
        for (boolean nx : new boolean[] {false, true}) {
            for (boolean smep : new boolean[] {false, true}) {
                GuestTables guest = new GuestTables(mode(4, true, nx, smep, false), events);
                assertThat(guest.walk(ADDRESS, Access.FETCH | Access.USER)).isFalse();
                assertThat(guest.walker.error()).isEqualTo(nx || smep ? 0x14 : 4);
            }
        }
    }
}
