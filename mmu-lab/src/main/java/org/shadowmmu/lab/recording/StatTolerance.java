package org.shadowmmu.lab.recording;

import java.util.Arrays;

/**
 * The one place where a recorded statistic may differ: on Linux 6.12 a memslot change or a host range operation that gives
 * up the CPU in between requests one remote flush more or less from one run of the real kernel to the next.
 *
 * <p>Recordings of Linux 6.1 are compared exactly, and so is everything else of 6.12.
 */
final class StatTolerance {
    private static final byte[] APPROXIMATE = Syntax.ascii("remote_tlb_flush_requests");

    private StatTolerance() {}

    /** Whether any statistic of this operation may differ. */
    static boolean applies(RecordingHeader header, RecordedOp op) {
        return header.era() == KernelEra.LINUX_6_12
                && (op.kind() == RecordedOpKind.SLOT || op.kind() == RecordedOpKind.DONTNEED);
    }

    /** Whether the statistic with this name may be {@code actual} where {@code expected} was recorded. */
    static boolean allows(byte[] line, int nameFrom, int nameTo, long expected, long actual) {
        return Arrays.equals(line, nameFrom, nameTo, APPROXIMATE, 0, APPROXIMATE.length)
                && expected > 0
                && actual > 0
                && Math.abs(expected - actual) == 1;
    }
}
