package org.shadowmmu.lab.report;

import org.shadowmmu.lab.store.Manifest;

/**
 * The unit in which charts show a workload's clock.
 *
 * @param size readings of the clock in one unit
 * @param power the unit in front of what is counted, such as {@code ·10⁹}; empty for single ones
 * @param counted what the clock counts
 */
record ClockUnit(double size, String power, String counted) {
    private static final double BILLION = 1e9;
    private static final double MILLION = 1e6;
    private static final double THOUSAND = 1e3;

    /** The unit for a workload: billions of instructions, or what suits the number of accesses or operations. */
    static ClockUnit of(Manifest.Workload workload) {
        String counted = workload.kind().clock();
        if (workload.kind() == Manifest.Kind.STREAM) {
            return new ClockUnit(BILLION, "·10⁹", counted);
        }
        return workload.length() >= 2 * MILLION
                ? new ClockUnit(MILLION, "·10⁶", counted)
                : workload.length() >= 2 * THOUSAND
                        ? new ClockUnit(THOUSAND, "·10³", counted)
                        : new ClockUnit(1, "", counted);
    }

    /** The title of an axis. */
    String axis() {
        return "guest " + counted + (power.isEmpty() ? "" : ", " + power.substring(1));
    }

    /** A reading in words, as a sentence has it. */
    String words(long reading) {
        return Numbers.trimmed(reading / size) + power + " " + counted;
    }

    /** What stands behind a number of units. */
    String suffix() {
        return power + " " + counted;
    }

    /** Digits behind the point for a reading. */
    int digits() {
        return size == 1 ? 0 : 2;
    }
}
