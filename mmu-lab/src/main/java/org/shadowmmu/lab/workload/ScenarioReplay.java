package org.shadowmmu.lab.workload;

import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.shadowmmu.lab.recording.LineBuffer;
import org.shadowmmu.lab.recording.OpKey;
import org.shadowmmu.lab.recording.RecordedMachine;
import org.shadowmmu.lab.recording.RecordedOp;
import org.shadowmmu.lab.recording.RecordedOpKind;
import org.shadowmmu.lab.recording.RecordingReader;

/**
 * Carries out the operations of a recorded scenario on a machine under any policy. What the recording says of the outcome is
 * not compared: under another policy it differs rightly, and {@code verify} compares it under the upstream one.
 *
 * <p>The clock counts operations. A load, a store, an exchange or an instruction of a guest or nested guest is an access;
 * pages are told apart by the virtual address that the operation gives.
 */
public final class ScenarioReplay implements ReplayFigures {
    private final GuestMachine machine;
    private final RecordedMachine recorded;
    private final AccessTally tally;
    private final long quota;

    /**
     * Prepares a replay.
     *
     * @param machine the machine as it is measured
     * @param recorded the same machine as it carries out operations
     * @param operations how many there are
     * @param quota the quota in place of the recorded ones; 0 leaves those
     * @param region the part whose figures count
     * @param progress gets the number of accesses since its last call
     */
    public ScenarioReplay(
            GuestMachine machine,
            RecordedMachine recorded,
            long operations,
            long quota,
            Region region,
            LongConsumer progress) {
        this.machine = machine;
        this.recorded = recorded;
        this.quota = quota;
        tally = new AccessTally(machine, operations, region, progress);
    }

    /** Carries out all operations of the recording. */
    public void run(Path file) {
        LineBuffer lines = new LineBuffer();
        try (RecordingReader reader = RecordingReader.open(file)) {
            while (reader.next()) {
                operation(reader.op(), lines);
                lines.clear();
            }
        }
        tally.reportRest();
    }

    private void operation(RecordedOp op, LineBuffer lines) {
        if (op.kind() == RecordedOpKind.QUOTA && quota > 0) {
            tally.windowBegins(1);
            tally.windowEnds();
            return;
        }
        if (op.kind() == RecordedOpKind.SETUP) {
            recorded.execute(op, lines);
            if (quota > 0 && machine.setQuota(quota) != 0) {
                throw new ReplayException("The virtual machine refused the quota " + quota + ".");
            }
            tally.changed();
            return;
        }
        tally.windowBegins(1);
        long before = machine.faults();
        recorded.execute(op, lines);
        if (isAccess(op)) {
            tally.accessed(op.va() >>> 12, machine.faults() > before ? GuestMachine.FAULT : GuestMachine.HIT);
        }
        tally.changed();
        tally.windowEnds();
    }

    private static boolean isAccess(RecordedOp op) {
        return switch (op.kind()) {
            case R, W, PW, XCHG, X, L2R, L2W, L2X -> true;
            case L2N -> op.has(OpKey.VA);
            default -> false;
        };
    }

    @Override
    public ReplayTotals totals() {
        return tally.totals();
    }

    @Override
    public long clock() {
        return tally.clock();
    }

    @Override
    public TimeSeries series() {
        return tally.series();
    }
}
