package org.shadowmmu.lab.recording;

/** The kernel series a recording comes from, where the series differ. */
public enum KernelEra {
    /** Linux 6.1. */
    LINUX_6_1("6.1"),
    /** Linux 6.12. */
    LINUX_6_12("6.12");

    private final String series;

    KernelEra(String series) {
        this.series = series;
    }

    /** The series as in {@code 6.1}. */
    public String series() {
        return series;
    }
}
