package org.shadowmmu.lab.statistics;

/** A confidence interval of a relative change; {@code -0.1} is ten percent less. */
public record Interval(double low, double high) {
    /** Whether a value lies inside, ends included. */
    public boolean contains(double value) {
        return low <= value && value <= high;
    }

    /** Whether no value in it is further from 0 than {@code size}. */
    public boolean within(double size) {
        return -size < low && high < size;
    }
}
