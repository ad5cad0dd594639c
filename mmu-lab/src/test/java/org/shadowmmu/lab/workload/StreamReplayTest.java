package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.workload.SlotChange.Operation;

class StreamReplayTest {
    @TempDir
    private Path folder;

    private final RecordingMachine machine = new RecordingMachine();
    private final AtomicLong progress = new AtomicLong();

    @Test
    void slotChangesBecomeMemslotOperationsWithTheLowestFreeNumber() {
        replay(new StreamBytes()
                .slot(Operation.ADD, 0, 0, 160, 0, "ram", 0)
                .slot(Operation.ADD, 1, 0, 160, 0, "ram", 0)
                .slot(Operation.ADD, 0, 192, 64, 6, "rom", 16)
                .slot(Operation.ADD, 0, 4096, 8, 1, "vga", 0)
                .slot(Operation.DELETE, 0, 192, 64, 6, "rom", 16)
                .slot(Operation.ADD, 0, 192, 64, 4, "ram", 192)
                .slot(Operation.LOG_STOP, 0, 4096, 8, 0, "vga", 0)
                .slot(Operation.LOG_START, 0, 192, 64, 1, "ram", 192));
        assertThat(machine.calls)
                .containsExactly(
                        "backing 0 of 256",
                        "backing 1 of 80",
                        "backing 2 of 8",
                        "slot 0/0 0+160 flags 0 at 0+0",
                        "slot 1/0 0+160 flags 0 at 0+0",
                        "slot 0/1 192+64 flags 2 at 1+16",
                        "slot 0/2 4096+8 flags 1 at 2+0",
                        "slot 0/1 192+0 flags 2 at 1+16",
                        "slot 0/1 192+64 flags 0 at 0+192",
                        "slot 0/2 4096+8 flags 0 at 2+0",
                        "slot 0/1 192+64 flags 1 at 0+192");
    }

    @Test
    void accessesKeepTheirOrderAndTheirVirtualCpu() {
        StreamReplay replay = replay(new StreamBytes()
                .window(0, 10)
                .access(EntryKind.FETCH, 16)
                .access(EntryKind.READ, 3)
                .window(1, 10)
                .access(EntryKind.TABLE_READ, 9)
                .access(EntryKind.WRITE, 3)
                .access(EntryKind.READ, 1L << 21));
        assertThat(machine.calls)
                .containsExactly(
                        "vcpu 0 FETCH 10000",
                        "vcpu 0 READ 3000",
                        "vcpu 1 TABLE_READ 9000",
                        "vcpu 1 WRITE 3000",
                        "vcpu 1 READ 200000000");
        assertThat(replay.totals()).isEqualTo(new ReplayTotals(5, 3, 0, 1, 4, 3, 0, 0, 3, 6000, 0, 3, 2, 1, 1, 3));
        assertThat(progress).hasValue(5);
    }

    @Test
    void aFaultOnAPageUsedBeforeIsCountedAsRepeated() {
        StreamSurvey survey = survey(new StreamBytes().window(0, 4));
        StreamReplay replay = new StreamReplay(machine, survey, false, Region.WHOLE, progress::addAndGet);
        replay.windowBegins(0, 1, 1);
        replay.access(EntryKind.READ, 1);
        replay.access(EntryKind.READ, 2);
        machine.zap();
        replay.access(EntryKind.READ, 1);
        replay.access(EntryKind.READ, 3);
        assertThat(replay.totals().faultingAccesses()).isEqualTo(4);
        assertThat(replay.totals().repeatedFaultingAccesses()).isEqualTo(1);
    }

    @Test
    void theSeriesHasEqualStepsOfInstructions() {
        StreamBytes stream = new StreamBytes();
        for (int i = 0; i < 800; i++) {
            stream.window(i % 2, 500).access(EntryKind.READ, i);
        }
        TimeSeries series = replay(stream).series();
        assertThat(series.points()).isEqualTo(401);
        assertThat(series.interval()).isEqualTo(1000);
        assertThat(series.mappedMean()).startsWith(0, 2, 4).endsWith(798, 800);
        assertThat(series.mappedMin()).startsWith(0, 0, 2);
        assertThat(series.mappedMax()).startsWith(0, 2, 4);
        assertThat(series.referencedMean()).startsWith(0, 1, 2);
        assertThat(series.referencedMax()).endsWith(400);
        assertThat(series.faults()).endsWith(800);
    }

    /** A window longer than a step leaves no hole: the points inside it have the state at its end. */
    @Test
    void longWindowsFillTheirSteps() {
        TimeSeries series = replay(new StreamBytes()
                        .window(0, 3000)
                        .access(EntryKind.READ, 1)
                        .window(0, 1000)
                        .access(EntryKind.READ, 2))
                .series();
        assertThat(series.points()).isEqualTo(401);
        assertThat(series.mappedMax()[0]).isZero();
        assertThat(series.mappedMax()[1]).isEqualTo(1);
        assertThat(series.mappedMax()[300]).isEqualTo(1);
        assertThat(series.mappedMax()[400]).isEqualTo(2);
    }

    @Test
    void aRefusedSlotIsASentence() {
        machine.refusal = 17;
        assertThatThrownBy(() -> replay(new StreamBytes().slot(Operation.ADD, 0, 64, 2, 0, "ram", 0)))
                .isInstanceOf(ReplayException.class)
                .hasMessage(
                        "The virtual machine refused a slot change with error 17: add of 2 pages at frame 64 in address"
                                + " space 0 (transaction 7).");
    }

    @Test
    void changingASlotThatDoesNotExistIsASentence() {
        assertThatThrownBy(() -> replay(new StreamBytes().slot(Operation.DELETE, 0, 64, 2, 0, "ram", 0)))
                .isInstanceOf(ReplayException.class)
                .hasMessageStartingWith("The stream changes a slot that does not exist: delete of 2 pages at frame 64");
    }

    private StreamReplay replay(StreamBytes stream) {
        StreamReplay replay = new StreamReplay(machine, survey(stream), false, Region.WHOLE, progress::addAndGet);
        replay.run(new StreamFile(folder.resolve("s.gpas.gz")));
        return replay;
    }

    private StreamSurvey survey(StreamBytes stream) {
        return StreamSurveyor.survey(stream.write(folder.resolve("s.gpas.gz")));
    }
}
