package org.shadowmmu.lab.workload;

/** Mean, least and most of a number that goes up and down, over a step and over all steps. */
final class Level {
    private long now;
    private long least;
    private long most;
    private long sum;
    private long count;
    private long totalSum;
    private long totalCount;
    private long peak;

    /** Notes a change without counting it into the mean. */
    void change(long value) {
        now = value;
        least = Math.min(least, value);
        most = Math.max(most, value);
        peak = Math.max(peak, value);
    }

    /** Counts the present value into the mean once. */
    void count() {
        sum += now;
        count++;
        totalSum += now;
        totalCount++;
    }

    /** The mean of the step, rounded; the present value if nothing was counted in it. */
    long mean() {
        return count == 0 ? now : (sum + count / 2) / count;
    }

    /** The least of the step. */
    long least() {
        return least;
    }

    /** The most of the step. */
    long most() {
        return most;
    }

    /** The most of all steps. */
    long peak() {
        return peak;
    }

    /** The mean of all steps, rounded; 0 if nothing was counted. */
    long totalMean() {
        return totalCount == 0 ? 0 : (totalSum + totalCount / 2) / totalCount;
    }

    /** Forgets what belongs to all steps; the step goes on. */
    void restart() {
        totalSum = 0;
        totalCount = 0;
        peak = now;
    }

    /** Begins the next step with the present value. */
    void nextStep() {
        sum = 0;
        count = 0;
        least = now;
        most = now;
    }
}
