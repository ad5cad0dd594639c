package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.workload.SlotChange.Operation;

class ShadowReplayTest {
    private static final int CR3 = 1;
    private static final int INVLPG = 2;
    private static final int CR0 = 3;
    private static final int CR4 = 4;
    private static final long PAGING = 0x80000001L;

    /** Flags of an entry: present and writable; the second of a user page. */
    private static final int KERNEL = 3;

    private static final int USER = 7;
    private static final int LEAF = 11;

    @TempDir
    private Path folder;

    private final FakeShadowMachine machine = new FakeShadowMachine();
    private ShadowReplay replay;

    private static StreamBytes stream() {
        return new StreamBytes("{\"format\": \"gpas\", \"version\": 1, \"gva\": true}")
                .slot(Operation.ADD, 0, 0, 4096, 0, "ram", 0)
                .window(0, 1000);
    }

    /** A guest whose tables are frames 10 to 13 (hexadecimal) and map page 5 to frame 25 and page 13 to the last table. */
    private static StreamBytes pagingStream() {
        return stream()
                .event(CR3, 0x10)
                .event(CR0, PAGING)
                .walked(0x10, 4, 0, USER, 0x11)
                .walked(0x11, 3, 0, USER, 0x12)
                .walked(0x12, 2, 0, USER, 0x13)
                .walked(0x13, 1, 5, KERNEL, 0x25)
                .virtualAccess(EntryKind.READ, 0x25, 5)
                .walked(0x13, 1, 0x13, KERNEL, 0x13);
    }

    private ShadowTotals run(StreamBytes stream) {
        Path file = stream.write(folder.resolve("test.gpas.gz"));
        StreamSurvey survey = StreamSurveyor.survey(file);
        replay = new ShadowReplay(machine, survey, false, Region.WHOLE, count -> {});
        replay.run(new StreamFile(file));
        return replay.shadowTotals();
    }

    @Test
    void withoutPagingAnAddressIsPhysical() {
        run(stream().virtualAccess(EntryKind.FETCH, 3, 3).virtualAccess(EntryKind.WRITE, 9, 9));
        assertThat(machine.calls).containsExactly("slot 0+4096", "FETCH 3000", "WRITE 9000");
    }

    /** What is first seen in a walk was there before the table was linked: from the last table up, all before CR3. */
    @Test
    void aTableIsCompleteBeforeItIsLinked() {
        ShadowTotals totals = run(pagingStream());
        assertThat(machine.calls)
                .containsExactly(
                        "slot 0+4096",
                        "MOVE 13028 = 25003",
                        "MOVE 13098 = 13003",
                        "MOVE 12000 = 13007",
                        "MOVE 11000 = 12007",
                        "MOVE 10000 = 11007",
                        "cr3 10000",
                        "efer 900",
                        "cr4 20",
                        "cr0 80000001",
                        "READ 5000");
        assertThat(totals.tableLives()).isEqualTo(4);
        assertThat(totals.restoredEntries()).isEqualTo(5);
        assertThat(totals.unmappedEntries()).isZero();
    }

    @Test
    void aWriteAndTheStoreItAnnouncesAreOne() {
        ShadowTotals totals = run(pagingStream()
                .virtualAccess(EntryKind.WRITE, 0x13, 0x13)
                .written(0x13, 6, USER, 0x26)
                .written(0x13, 7, USER, 0x27)
                .virtualAccess(EntryKind.WRITE, 0x26, 6));
        assertThat(machine.calls).endsWith("READ 5000", "MOVE 13030 = 26007", "MOVE 13038 = 27007", "WRITE 6000 user");
        assertThat(totals.tableStores()).isEqualTo(2);
        assertThat(replay.totals().accesses()).isEqualTo(3);
    }

    @Test
    void aWriteToATableThatAnnouncesNothingIsAnAccess() {
        run(pagingStream().virtualAccess(EntryKind.WRITE, 0x13, 0x13).virtualAccess(EntryKind.READ, 0x25, 5));
        assertThat(machine.calls).endsWith("READ 5000", "WRITE 13000", "READ 5000");
    }

    @Test
    void manyZerosInARowAreAStringInstruction() {
        StreamBytes stream = pagingStream();
        for (int i = 0x20; i < 0x28; i++) {
            stream.written(0x13, i, 0, 0);
        }
        stream.written(0x13, 0x30, 0, 0);
        ShadowTotals totals = run(stream);
        assertThat(machine.calls)
                .contains("STRING 13100 = 0", "STRING 13138 = 0")
                .endsWith("MOVE 13180 = 0");
        assertThat(totals.clearingStores()).isEqualTo(8);
    }

    @Test
    void aPageThatServesAgainBeginsANewLife() {
        ShadowTotals totals = run(pagingStream()
                .written(0x13, 5, 0, 0)
                .walked(0x13, 1, 5, USER, 0x2a)
                .virtualAccess(EntryKind.READ, 0x2a, 5));
        assertThat(machine.calls)
                .endsWith("READ 5000", "MOVE 13028 = 0", "MOVE 13028 = 2a007", "MOVE 13098 = 0", "READ 5000 user");
        assertThat(totals.tableLives()).isEqualTo(5);
    }

    @Test
    void invlpgGoesWithTheEntryChangedBefore() {
        ShadowTotals totals = run(pagingStream()
                .written(0x13, 5, 0, 0)
                .event(INVLPG)
                .written(0x13, 5, USER, 0x26)
                .event(INVLPG)
                .event(INVLPG));
        assertThat(machine.calls)
                .endsWith(
                        "MOVE 13028 = 0",
                        "invlpg 5000",
                        "MOVE 13028 = 26007",
                        "invlpg 5000",
                        "invlpg fffffffffffff000");
        assertThat(totals.invalidations()).isEqualTo(2);
        assertThat(totals.blindInvalidations()).isEqualTo(1);
    }

    @Test
    void registersFollowTheStream() {
        run(stream().event(CR4, 0x80).event(CR0, 0x11));
        assertThat(machine.calls).containsExactly("slot 0+4096", "cr4 80", "cr0 11");
    }

    @Test
    void aHugePageIsTranslated() {
        run(stream()
                .event(CR3, 0x10)
                .event(CR0, PAGING)
                .walked(0x10, 4, 0, USER, 0x11)
                .walked(0x11, 3, 0, USER, 0x12)
                .walked(0x12, 2, 1, LEAF, 0x400)
                .virtualAccess(EntryKind.READ, 0x403, 0x203));
        assertThat(machine.calls).endsWith("READ 203000");
    }

    @Test
    void aGuestThatGoesAstrayEndsTheReplay() {
        machine.missing = true;
        assertThatThrownBy(() -> run(pagingStream()))
                .isInstanceOf(ReplayException.class)
                .hasMessageStartingWith("The guest went astray: 1 accesses reached another page than in the recording");

        machine.missing = false;
        machine.outcome = ShadowMachine.GUEST_FAULT;
        assertThatThrownBy(() -> run(pagingStream()))
                .isInstanceOf(ReplayException.class)
                .hasMessageContaining("met a page fault that was not in it");
    }

    @Test
    void aStreamWithoutVirtualAddressesIsRefused() {
        assertThatThrownBy(() -> run(new StreamBytes().window(0, 10).access(EntryKind.READ, 3)))
                .isInstanceOf(ReplayException.class)
                .hasMessage("The stream has no virtual addresses, which shadow paging needs.");
    }
}
