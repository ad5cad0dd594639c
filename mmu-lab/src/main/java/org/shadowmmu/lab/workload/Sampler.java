package org.shadowmmu.lab.workload;

import java.util.Arrays;

/** Takes the points of a {@link TimeSeries} while a stream is replayed; the number of points is known before. */
final class Sampler {
    private static final int COLUMNS = 10;
    private static final int PROBES_PER_STEP = 16;

    private final GuestMachine machine;
    private final long interval;
    private final long probeInterval;
    private final long[][] columns;
    private final Level mapped = new Level();
    private final Level referenced = new Level();
    private final Level stale = new Level();
    private int next;
    private long nextProbe;
    private long peakUsed;

    /** Prepares {@code steps} equal steps of {@code instructions} instructions. */
    Sampler(GuestMachine machine, long instructions, int steps) {
        this.machine = machine;
        this.interval = Math.max(1, (instructions + steps - 1) / steps);
        this.probeInterval = Math.max(1, interval / PROBES_PER_STEP);
        int points = (int) (instructions / interval) + 1;
        columns = new long[COLUMNS][points];
    }

    /** Counts one access, after which nothing had changed. */
    void accessed() {
        mapped.count();
    }

    /** Looks at the machine again, because an access or a slot change may have changed its mappings. */
    void changed() {
        mapped.change(machine.mappedPages());
        peakUsed = Math.max(peakUsed, machine.usedPages());
    }

    /** Takes every probe and point up to {@code instruction} that was not taken yet. */
    void reached(long instruction) {
        if (instruction >= nextProbe) {
            referenced.change(machine.referencedPages());
            referenced.count();
            stale.change(machine.stalePages());
            stale.count();
            nextProbe = (instruction / probeInterval + 1) * probeInterval;
        }
        while (next < columns[0].length && next * interval <= instruction) {
            take();
            next++;
        }
    }

    private void take() {
        long[] point = {
            mapped.mean(),
            mapped.least(),
            mapped.most(),
            referenced.mean(),
            referenced.least(),
            referenced.most(),
            machine.usedPages(),
            stale.mean(),
            machine.faults(),
            machine.reclaimed()
        };
        for (int column = 0; column < COLUMNS; column++) {
            columns[column][next] = point[column];
        }
        mapped.nextStep();
        referenced.nextStep();
        stale.nextStep();
    }

    /** Guest pages mapped. */
    Level mapped() {
        return mapped;
    }

    /** Guest pages referenced. */
    Level referenced() {
        return referenced;
    }

    /** Stale shadow pages. */
    Level stale() {
        return stale;
    }

    /** Forgets totals and peaks, but not the points taken. */
    void restart() {
        mapped.restart();
        referenced.restart();
        stale.restart();
        peakUsed = machine.usedPages();
    }

    /** The most shadow pages that were in use at one time. */
    long peakUsed() {
        return peakUsed;
    }

    /** The points taken. */
    TimeSeries series() {
        long[][] taken = new long[COLUMNS][];
        for (int column = 0; column < COLUMNS; column++) {
            taken[column] = Arrays.copyOf(columns[column], next);
        }
        return new TimeSeries(
                interval, taken[0], taken[1], taken[2], taken[3], taken[4], taken[5], taken[6], taken[7], taken[8],
                taken[9]);
    }
}
