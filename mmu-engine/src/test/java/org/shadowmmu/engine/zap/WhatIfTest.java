package org.shadowmmu.engine.zap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.fault.Outcome;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.lock.Interleaving;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.testing.PagedGuest;
import org.shadowmmu.engine.testing.TestMachine;

/** What goes wrong without a rule, and that it does not with it; and the zap of a range. */
class WhatIfTest {
    private static final int PAGES = 64;

    static Stream<MmuOptions> engines() {
        return Stream.of(MmuOptions.tdp(), MmuOptions.withTdpMmu());
    }

    /** A fault of frame 5 finds its host page; then the slot is deleted; then the fault goes on. */
    private static Outcome racing(TestMachine machine) {
        machine.slot(0, 0, PAGES);
        machine.read(0);
        boolean[] deleted = {false};
        machine.vm.interleave(new Interleaving() {
            @Override
            public void hostPageFound() {
                if (!deleted[0]) {
                    deleted[0] = true;
                    machine.delete(0);
                }
            }
        });
        Outcome outcome = machine.vm.vcpu(0).fault(5 << 12, Access.USER | Access.GUEST_FINAL);
        assertThat(deleted).containsExactly(true);
        return outcome;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aFaultInFlightStartsAgainWhenItsSlotIsZapped(MmuOptions options) {
        for (boolean targeted : new boolean[] {false, true}) {
            TestMachine machine = TestMachine.with(options.withTargetedSlotZap(targeted));

            assertThat(racing(machine)).isEqualTo(Outcome.RETRY);

            assertThat(machine.stat(Counter.PAGES_4K)).isZero();
            machine.audit();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void unnoticedASlotZapLeavesALeafOfTheDeletedSlot(MmuOptions options) {
        TestMachine machine =
                TestMachine.with(options.withTargetedSlotZap(true).withWhatIfs(WhatIf.SLOT_ZAP_UNNOTICED));

        assertThat(racing(machine)).isEqualTo(Outcome.FIXED);

        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(1);
        assertThat(Spte.present(machine.spte(5))).isTrue();
        assertThat(machine.core.memslots.find(0, 5)).isNull();
    }

    @Test
    void keptGuestTablesStayAccountedToTheDeletedSlot() {
        for (boolean kept : new boolean[] {false, true}) {
            MmuOptions options = MmuOptions.shadow().withTargetedSlotZap(true);
            TestMachine machine =
                    TestMachine.with(kept ? options.withWhatIfs(WhatIf.SLOT_ZAP_KEEPS_GUEST_TABLES) : options);
            machine.slot(0, 0x1000, PAGES);
            machine.slot(1, 0, PAGES);
            PagedGuest guest = new PagedGuest(machine, 0);
            guest.chain(0x14, 0x13, 0x12, 0x11);
            guest.fill(0x11, 0, 0x1000, 16);
            guest.start(0x14, 0x1000);
            guest.read(0);
            var slot = machine.slot(1);

            machine.delete(1);

            assertThat(slot.trackedFrames()).isEqualTo(kept ? 3 : 0);
        }
    }

    @Test
    void aTableThatFlushesByItselfIsOneRequestEach() {
        for (boolean each : new boolean[] {false, true}) {
            MmuOptions options = MmuOptions.withTdpMmu();
            TestMachine machine = TestMachine.with(each ? options.withWhatIfs(WhatIf.EACH_TABLE_FLUSHES) : options);
            machine.slot(0, 0, 1024);
            machine.read(0);
            machine.read(512);
            long before = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);

            machine.delete(0);

            // Two leaf tables, a directory and the one above it; the root is none of them.
            assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS) - before).isEqualTo(each ? 4 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void zappingARangeTakesLeavesOnlyAndFlushesOnce(MmuOptions options) {
        TestMachine machine = TestMachine.with(options);
        machine.slot(0, 0, PAGES);
        for (long gfn = 0; gfn < PAGES; gfn++) {
            machine.read(gfn);
        }
        long flushes = machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS);
        long sequence = machine.vm.host().invalidateSequence();
        var table = machine.pageFor(0);

        machine.vm.zapGfnRange(16, Long.MAX_VALUE);

        assertThat(machine.stat(Counter.PAGES_4K)).isEqualTo(16);
        assertThat(machine.pageFor(0)).isSameAs(table);
        assertThat(machine.stat(Counter.REMOTE_TLB_FLUSH_REQUESTS)).isEqualTo(flushes + 1);
        assertThat(machine.vm.host().invalidateSequence()).isGreaterThan(sequence);
        machine.audit();
    }
}
