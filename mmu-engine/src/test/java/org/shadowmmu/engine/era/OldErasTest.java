package org.shadowmmu.engine.era;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.PagedGuest;
import org.shadowmmu.engine.testing.TestMachine;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.zap.Zapper;

/** What the older eras do differently, derived by hand from the rules; no recording of these kernels exists. */
class OldErasTest {
    private static final long SECOND = 0x200000;
    private static final long THIRD = 0x400000;

    static Stream<Era> eras() {
        return Era.ALL.stream();
    }

    private static TestMachine direct(String era) {
        return new TestMachine(MmuOptions.tdp().withEra(Era.named(era)), 1, PolicyRuntime.upstream());
    }

    private static TestMachine shadow(String era) {
        TestMachine machine = new TestMachine(MmuOptions.shadow().withEra(Era.named(era)), 1, PolicyRuntime.upstream());
        machine.slot(0, 0, 0x100);
        machine.slot(1, 0x1000, 0x100);
        return machine;
    }

    /** Tables 10 to 13 map page i to frame 1000+i; 14 is a second table of level 1. Code runs at page 0. */
    private static PagedGuest guest(TestMachine machine) {
        PagedGuest guest = new PagedGuest(machine, 0);
        guest.chain(0x10, 0x11, 0x12, 0x13);
        guest.entry(0x12, 1, 0x14);
        guest.fill(0x13, 0, 0x1000, 1);
        guest.fill(0x14, 0, 0x1010, 1);
        guest.start(0x10, 0);
        return guest;
    }

    // ---- reclaim ---------------------------------------------------------------------------------------------------

    /**
     * ZAP-24 against ZAP-20, at 60 of 64 pages in use. Old eras zap on until 25 are available, which is 21 pages freed
     * and the root besides, which is in use and frees nothing; 2.6.3x flushes for each freed page. Since 5.9 the root is
     * skipped.
     */
    @ParameterizedTest
    @CsvSource({"linux-2.6.3x, 22, 21", "linux-3.11, 22, 1", "linux-5.8, 22, 1", "linux-6.1, 21, 1", "linux-6.12, 21, 1"
    })
    void claim3point1_theFirstRoundOfReclaim(String era, int zapped, int flushes) {
        TestMachine machine = direct(era);
        machine.slot(0, 0, 0x40000);
        machine.vm.setQuota(64);
        for (long table = 0; table < 57; table++) {
            machine.read(table << 9);
        }
        assertThat(machine.vm.usedPages()).isEqualTo(60);
        machine.events.clear();
        long before = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

        machine.vm.vcpu(0).fault(57L << 21, 1L << 32 | 4);

        List<String> events = machine.events.take("zap");
        assertThat(events).hasSize(zapped);
        if (zapped == 22) {
            assertThat(events).startsWith("zap 0 l4 root 1", "zap 0 l3", "zap 0 l2", "zap 0 l1");
            assertThat(machine.activePages()).as("the root is the youngest now").endsWith("0 l4");
        } else {
            assertThat(events).startsWith("zap 0 l3", "zap 0 l2", "zap 0 l1");
        }
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isEqualTo(zapped);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS) - before).isEqualTo(flushes);
        machine.audit();
        machine.read(57L << 9);
        machine.audit();
    }

    /** ZAP-24: the second virtual CPU holds the zapped root and never runs; at the end of the list it is zapped again. */
    @Test
    void aZappedRootIsZappedAgain() {
        TestMachine machine = new TestMachine(MmuOptions.tdp().withEra(Era.LINUX_5_8), 2, PolicyRuntime.upstream());
        machine.slot(0, 0, 0x40000);
        machine.vm.setQuota(64);
        machine.vm.vcpu(1).accessGpa(0, AccessKind.READ);
        List<String> zapped = new ArrayList<>();
        for (long table = 0; table < 300; table++) {
            machine.read(table << 9);
            zapped.addAll(machine.events.take("zap"));
            machine.audit();
        }

        assertThat(zapped).contains("zap 0 l4 root 2", "zap 0 l4 invalid root 1");
        machine.vm.vcpu(1).accessGpa(0, AccessKind.READ);
        assertThat(machine.events.take("zap")).contains("zap 0 l4 invalid");
        machine.audit();
    }

    // ---- zap -------------------------------------------------------------------------------------------------------

    /** ZAP-12 against ZAP-10 (EX-30): without the orphan rule the nested tables stay when their root goes. */
    @ParameterizedTest
    @ValueSource(strings = {"linux-2.6.3x", "linux-3.11", "linux-5.8", "linux-6.1", "linux-6.12"})
    void orphansOfANestedRoot(String era) {
        TestMachine machine = direct(era);
        machine.slot(0, 0, 0x100);
        machine.slot(1, 0x1000, 0x100);
        PagedGuest l1 = new PagedGuest(machine, 0);
        l1.chain(0x10, 0x11, 0x12, 0x13);
        l1.fill(0x13, 0, 0x1000, 8);
        l1.start(0x40, 0);
        l1.enterNested(0x10);
        machine.read(0);
        machine.events.clear();

        new Zapper(machine.core).unprotect(0x10);

        List<String> events = machine.events.take("zap");
        if (Era.named(era).zap().orphansGo()) {
            assertThat(events).containsExactly("zap 10 l4 root 1", "zap 11 l3", "zap 12 l2", "zap 13 l1");
        } else {
            assertThat(events).containsExactly("zap 10 l4 root 1");
        }
        machine.audit();
    }

    /** ZAP-71, MS-21: no event, no generation, the newest page first. */
    @Test
    void linux263xZapsEverythingFromTheNewest() {
        TestMachine machine = direct("linux-2.6.3x");
        machine.slot(0, 0, 0x400);
        machine.read(0);
        machine.read(0x200);
        machine.events.clear();

        machine.delete(0);

        assertThat(machine.events.take())
                .containsExactly("zap 200 l1", "zap 0 l1", "zap 0 l2", "zap 0 l3", "zap 0 l4 root 1");
        assertThat(machine.core.pages.generation()).isZero();
        assertThat(machine.activePages()).containsExactly("0 l4");
        machine.audit();
    }

    /** ZAP-64: by generation, the oldest first; the root stays listed and is skipped. */
    @ParameterizedTest
    @ValueSource(strings = {"linux-3.11", "linux-5.8"})
    void laterErasZapEverythingByGeneration(String era) {
        TestMachine machine = direct(era);
        machine.slot(0, 0, 0x400);
        machine.read(0);
        machine.events.clear();

        machine.delete(0);

        assertThat(machine.events.take())
                .containsExactly("zap_all gen 0 used 4", "zap 0 l4 root 1", "zap 0 l3", "zap 0 l2", "zap 0 l1");
        assertThat(machine.activePages()).containsExactly("0 l4");
        machine.audit();
        machine.slot(0, 0, 0x400);
        machine.read(0);
        assertThat(machine.activePages()).containsExactly("0 l4", "0 l3", "0 l2", "0 l1");
        machine.audit();
    }

    // ---- leaves ----------------------------------------------------------------------------------------------------

    /** PR-5, ST-29: the faulting entry ends no run, so nothing behind it is mapped; what lies before it is. */
    @ParameterizedTest
    @CsvSource({"linux-2.6.3x, 1, 0", "linux-3.11, 1, 0", "linux-5.8, 1, 1", "linux-6.1, 8, 8", "linux-6.12, 8, 8"})
    void prefetchOfTheLastRun(String era, int leaves, int events) {
        TestMachine machine = direct(era);
        machine.slot(0, 0, 0x400);

        machine.read(0);

        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(leaves);
        assertThat(machine.events.take("set")).hasSize(events);
        machine.read(7);
        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(8);
        machine.audit();
    }

    /** ST-29: the MMIO entry is reported twice, as such and as a leaf. */
    @Test
    void linux58ReportsMmioEntriesAsLeaves() {
        TestMachine machine = direct("linux-5.8");
        machine.slot(0, 0, 0x10);

        machine.read(0x20);

        assertThat(machine.events.take("mark", "set")).hasSize(2);
        assertThat(machine.stat(Counter.PF_FIXED)).isEqualTo(1);
        assertThat(machine.stat(Counter.PF_EMULATE)).isEqualTo(1);
    }

    // ---- unsync ----------------------------------------------------------------------------------------------------

    /** US-3a against US-1: page 1 is the table of the second half, and is a neighbour of the faulting page. */
    @ParameterizedTest
    @CsvSource({"linux-2.6.3x, 1", "linux-3.11, 1", "linux-5.8, 1", "linux-6.1, 0", "linux-6.12, 0"})
    void prefetchOfAGuestTable(String era, int unsync) {
        TestMachine machine = shadow(era);
        PagedGuest guest = guest(machine);
        guest.entry(0x13, 1, 0x14);
        guest.read(SECOND);

        guest.read(0);

        assertThat(machine.stat(Counter.MMU_UNSYNC)).isEqualTo(unsync);
        machine.audit();
    }

    /** US-4, EM-22: a table in two roles is written by emulation, which maps the written entry again. */
    @ParameterizedTest
    @CsvSource({"linux-2.6.3x, 1, 0", "linux-3.11, 0, 2", "linux-5.8, 0, 2", "linux-6.1, 0, 2", "linux-6.12, 0, 2"})
    void aTableInTwoRoles(String era, int emulated, int unsync) {
        TestMachine machine = shadow(era);
        PagedGuest guest = guest(machine);
        guest.entry(0x12, 2, 0x14, PagedGuest.ALL & ~2);
        guest.entry(0x13, 16, 0x14);
        guest.read(SECOND);
        guest.read(THIRD);

        guest.store(16 << 12, 0x1020 << 12 | PagedGuest.ALL);

        assertThat(machine.stat(Counter.INSN_EMULATION)).isEqualTo(emulated);
        assertThat(machine.stat(Counter.MMU_UNSYNC)).isEqualTo(unsync);
        machine.audit();
        if (emulated == 1) {
            assertThat(guest.read(SECOND)).as("faults").isZero();
            assertThat(guest.read(THIRD)).as("faults").isZero();
        }
    }

    /** SP-19 against SP-12.2: an unsync table is used as a directory. */
    @ParameterizedTest
    @CsvSource({
        "linux-2.6.3x, 'sync 14 l1 unsync|get 14 l2 new'",
        "linux-3.11, 'sync 14 l1 unsync|get 14 l2 new'",
        "linux-5.8, 'sync 14 l1 unsync|get 14 l2 new'",
        "linux-6.1, 'zap 14 l1 unsync|sync 14 l1 unsync|get 14 l2 new'",
        "linux-6.12, 'zap 14 l1 unsync|sync 14 l1 unsync|get 14 l2 new'"
    })
    void anUnsyncTableBecomesADirectory(String era, String expected) {
        TestMachine machine = shadow(era);
        PagedGuest guest = guest(machine);
        guest.entry(0x13, 16, 0x14);
        guest.entry(0x11, 1, 0x14);
        guest.entry(0x14, 1, 0x15);
        guest.entry(0x15, 0, 0x1040);
        guest.read(SECOND);
        guest.store((16 << 12) + 8 * 40, 0);
        assertThat(machine.stat(Counter.MMU_UNSYNC)).isEqualTo(1);
        machine.events.clear();

        guest.read((1L << 30) + (1L << 21));

        assertThat(machine.events.take("zap", "sync", "get").stream().limit(expected.split("\\|").length))
                .containsExactly(expected.split("\\|"));
        assertThat(machine.stat(Counter.MMU_UNSYNC)).isZero();
        machine.audit();
    }

    // ---- writes ----------------------------------------------------------------------------------------------------

    /** EM-22 against EM-16: two directories written in turn. A virtual CPU's run ends with each change of frame. */
    @ParameterizedTest
    @CsvSource({"linux-2.6.3x, 0", "linux-3.11, 2", "linux-5.8, 2", "linux-6.1, 2", "linux-6.12, 2"})
    void writesInTurnToTwoDirectories(String era, int flooded) {
        TestMachine machine = shadow(era);
        PagedGuest guest = guest(machine);
        guest.entry(0x10, 1, 0x21);
        guest.entry(0x21, 0, 0x22);
        guest.entry(0x22, 0, 0x23);
        guest.entry(0x23, 0, 0x1050);
        guest.entry(0x13, 16, 0x21);
        guest.entry(0x13, 17, 0x22);
        guest.read(1L << 39);
        guest.read(16 << 12);
        guest.read(17 << 12);

        for (int i = 0; i < 3; i++) {
            guest.store((16 << 12) + 8 * 40, 0);
            guest.store((17 << 12) + 8 * 40, 0);
        }

        assertThat(machine.stat(Counter.INSN_EMULATION)).isEqualTo(6);
        assertThat(machine.stat(Counter.MMU_FLOODED)).isEqualTo(flooded);
        machine.audit();
    }

    /** EM-22: the third write in a row by one virtual CPU floods. */
    @Test
    void linux263xFloodsWithTheThirdWriteInARow() {
        TestMachine machine = shadow("linux-2.6.3x");
        PagedGuest guest = guest(machine);
        guest.entry(0x12, 2, 0x14, PagedGuest.ALL & ~2);
        guest.entry(0x13, 16, 0x14);
        guest.read(SECOND);
        guest.read(THIRD);
        machine.events.clear();

        for (int i = 0; i < 3; i++) {
            guest.store((16 << 12) + 8 * 40, 0);
        }

        assertThat(machine.events.take("zap")).containsExactly("zap 14 l1", "zap 14 l1");
        assertThat(machine.stat(Counter.MMU_FLOODED)).isEqualTo(2);
        machine.audit();
    }

    // ---- roots -----------------------------------------------------------------------------------------------------

    /** VC-50 against VC-10: back to a page-table base of before. */
    @ParameterizedTest
    @CsvSource({"linux-2.6.3x, true", "linux-3.11, true", "linux-5.8, false", "linux-6.1, false", "linux-6.12, false"})
    void aPreviousRoot(String era, boolean lookedUp) {
        TestMachine machine = shadow(era);
        PagedGuest guest = guest(machine);
        guest.entry(0x20, 0, 0x11);
        guest.read(0);
        guest.load(0x20);
        guest.read(0);
        machine.events.clear();

        guest.load(0x10);
        guest.enter();

        assertThat(machine.events.take("get")).isEqualTo(lookedUp ? List.of("get 10 l4 existing") : List.of());
        machine.audit();
    }

    /** VC-50: a reload drops the other roots of the virtual CPU, too. */
    @ParameterizedTest
    @CsvSource({"linux-5.8, true", "linux-6.1, false", "linux-6.12, false"})
    void aReloadDropsEveryRoot(String era, boolean lookedUp) {
        TestMachine machine = shadow(era);
        PagedGuest guest = guest(machine);
        guest.entry(0x20, 0, 0x11);
        guest.read(0);
        guest.load(0x20);
        guest.read(0);
        new Zapper(machine.core).unprotect(0x20);
        guest.enter();
        machine.events.clear();

        guest.load(0x10);
        guest.enter();

        assertThat(machine.events.take("get")).isEqualTo(lookedUp ? List.of("get 10 l4 existing") : List.of());
        machine.audit();
    }

    // ---- all of it -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"linux-2.6.3x", "linux-3.11", "linux-5.8"})
    void oldErasHaveNoTdpMmu(String era) {
        assertThatThrownBy(() -> MmuOptions.withTdpMmu().withEra(Era.named(era)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(era + " has no TDP MMU");
    }

    @Test
    void anUnknownEraIsToldTheNames() {
        assertThatThrownBy(() -> Era.named("linux-7.0"))
                .hasMessage("there is no era 'linux-7.0'; there are linux-2.6.3x, linux-3.11, linux-5.8, linux-6.1,"
                        + " linux-6.12");
    }

    @ParameterizedTest
    @MethodSource("eras")
    void everyEraSaysWhatNoRecordingProves(Era era) {
        assertThat(era.description()).endsWith(".");
        if (!era.recorded()) {
            assertThat(era.unproven()).startsWith("No recording of this kernel exists.");
        }
    }

    /**
     * Random reads, stores to data and to tables, switches of three top tables, memslot changes and reclaim at the smallest
     * quota: every invariant holds after each. This finds accounts that an era's variant forgets, which the examples above
     * would not.
     */
    @ParameterizedTest
    @MethodSource("eras")
    void everyInvariantHoldsUnderRandomUse(Era era) {
        TestMachine machine = shadow(era.name());
        machine.slot(2, 0x2000, 0x40);
        PagedGuest guest = guest(machine);
        Random random = new Random(20);
        List<Long> tops = new ArrayList<>();
        for (int top = 0; top < 3; top++) {
            guest.chain(0x20 + top, 0x30 + top, 0x40 + top, 0x50);
            for (int i = 0; i < 48; i++) {
                guest.entry(0x40 + top, i, 0x50 + i, top == 2 ? PagedGuest.ALL & ~2 : PagedGuest.ALL);
            }
            tops.add(0x20L + top);
        }
        for (int table = 0; table < 48; table++) {
            guest.fill(0x50 + table, 0, 0x1000 + table, 4);
            guest.fill(0x50 + table, 4, 0x2000 + table, 4);
            guest.fill(0x50 + table, 8, 0x50, 24);
            guest.fill(0x50 + table, 32, 0x40, 3);
        }
        guest.start(tops.get(0), 0);
        machine.vm.setQuota(64);
        for (int step = 0; step < 4000; step++) {
            long page = ((long) random.nextInt(48) << 9 | random.nextInt(35)) << 12;
            switch (random.nextInt(12)) {
                case 0 -> guest.load(tops.get(random.nextInt(3)));
                case 1 -> {
                    if (random.nextInt(20) > 0) {
                        break;
                    }
                    machine.delete(2);
                    machine.audit();
                    machine.slot(2, 0x2000, 0x40);
                }
                case 2, 3, 4, 5 -> {
                    long frame = random.nextBoolean() ? 0x1000 + random.nextInt(64) : 0x50 + random.nextInt(48);
                    long value = random.nextInt(3) == 0 ? 0 : frame << 12 | PagedGuest.ALL;
                    guest.store(page + 8 * (1 + random.nextInt(30)), value);
                }
                default -> guest.read(page);
            }
            machine.events.clear();
            machine.audit();
        }
        assertThat(machine.stat(Counter.MMU_RECYCLED)).isPositive();
    }
}
