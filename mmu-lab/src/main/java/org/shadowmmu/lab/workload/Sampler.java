package org.shadowmmu.lab.workload;

import java.util.Arrays;

/** Takes the points of a {@link TimeSeries} while a stream is replayed; the number of points is known before. */
final class Sampler {
    private final GuestMachine machine;
    private final long interval;
    private final long[][] columns;
    private int next;

    private long referenced;
    private long peakReferenced;
    private long minimum;
    private long maximum;
    private long sum;
    private long accesses;
    private long peakUsed;
    private long totalSum;
    private long totalAccesses;

    /** Prepares {@code steps} equal steps of {@code instructions} instructions. */
    Sampler(GuestMachine machine, long instructions, int steps) {
        this.machine = machine;
        this.interval = Math.max(1, (instructions + steps - 1) / steps);
        int points = (int) (instructions / interval) + 1;
        columns = new long[7][points];
    }

    /** Counts one access, after which nothing had changed. */
    void accessed() {
        sum += referenced;
        accesses++;
    }

    /** Looks at the machine again, because an access or a slot change may have changed its mappings. */
    void changed() {
        referenced = machine.referencedPages();
        minimum = Math.min(minimum, referenced);
        maximum = Math.max(maximum, referenced);
        peakReferenced = Math.max(peakReferenced, referenced);
        peakUsed = Math.max(peakUsed, machine.usedPages());
    }

    /** Takes every point up to {@code instruction} that was not taken yet. */
    void reached(long instruction) {
        while (next < columns[0].length && next * interval <= instruction) {
            long mean = accesses == 0 ? referenced : (sum + accesses / 2) / accesses;
            long[] point = {
                referenced, mean, minimum, maximum, machine.usedPages(), machine.faults(), machine.reclaimed()
            };
            for (int column = 0; column < columns.length; column++) {
                columns[column][next] = point[column];
            }
            next++;
            close();
        }
    }

    /** The most guest pages that were mapped at one time. */
    long peakReferenced() {
        return peakReferenced;
    }

    /** The mean of the guest pages mapped, over all accesses, rounded. */
    long meanReferenced() {
        close();
        return totalAccesses == 0 ? 0 : (totalSum + totalAccesses / 2) / totalAccesses;
    }

    /** The most shadow pages that were in use at one time. */
    long peakUsed() {
        return peakUsed;
    }

    /** The points taken. */
    TimeSeries series() {
        long[][] taken = new long[columns.length][];
        for (int column = 0; column < columns.length; column++) {
            taken[column] = Arrays.copyOf(columns[column], next);
        }
        return new TimeSeries(interval, taken[0], taken[1], taken[2], taken[3], taken[4], taken[5], taken[6]);
    }

    private void close() {
        totalSum += sum;
        totalAccesses += accesses;
        sum = 0;
        accesses = 0;
        minimum = referenced;
        maximum = referenced;
    }
}
