package org.shadowmmu.lab.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says every few seconds how much of long work is done and how long the rest will take if it goes on like that. */
final class TimeLeft {
    private static final double EVERY_SECONDS = 5;

    private final PrintWriter err;
    private final String what;
    private final int total;
    private final LongSupplier nanos;
    private final long start;
    private long said;
    private int done;

    /**
     * Begins to count.
     *
     * @param what what is counted, in the plural
     * @param total how many there are
     * @param nanos a clock that counts nanoseconds
     */
    TimeLeft(PrintWriter err, String what, int total, LongSupplier nanos) {
        this.err = err;
        this.what = what;
        this.total = total;
        this.nanos = nanos;
        start = nanos.getAsLong();
        said = start;
    }

    /** One more is done. */
    void step() {
        done++;
        long now = nanos.getAsLong();
        if (done < total && now - said >= EVERY_SECONDS * 1e9) {
            said = now;
            double left = (now - start) / 1e9 / done * (total - done);
            err.println(String.format(Locale.ROOT, "%d of %d %s, about %.0f s left", done, total, what, left));
            err.flush();
        }
    }
}
