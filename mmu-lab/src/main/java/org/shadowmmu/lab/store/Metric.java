package org.shadowmmu.lab.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A figure of one trial. Declared once: result files, the terminal table, the report and the documentation take key, title,
 * unit and meaning from here. The order is that of the columns.
 */
public enum Metric {
    FAULTS("faults", "faults", "faults", Better.LOWER, "page faults the MMU handled (pf_taken)"),
    REPEATED_FAULTS(
            "repeated_faults",
            "repeated",
            "accesses",
            Better.LOWER,
            "accesses that faulted although the guest page had been used before: the cost of zapping"),
    RECLAIMED(
            "reclaimed",
            "reclaimed",
            "shadow pages",
            Better.LOWER,
            "shadow pages reclaimed because the quota was used up (mmu_recycled)"),
    ZAPPED(
            "zapped",
            "zapped",
            "shadow pages",
            Better.LOWER,
            "shadow pages zapped for any reason: reclaim, slot changes, tear-down (mmu_shadow_zapped)"),
    CREATED("created", "created", "shadow pages", Better.LOWER, "shadow pages created (mmu_cache_miss)"),
    MMU_TIME(
            "mmu_time_ns",
            "MMU time",
            "ns",
            Better.LOWER,
            "simulated time that the MMU worked: counted primitives times the standard costs; the guest's own time is"
                    + " not in it"),
    MEAN_REFERENCED(
            "mean_referenced_pages",
            "mean referenced",
            "guest pages",
            Better.HIGHER,
            "guest pages that a virtual CPU reaches from its root without a page fault, mean over time"),
    MEAN_MAPPED(
            "mean_mapped_pages",
            "mean mapped",
            "guest pages",
            Better.HIGHER,
            "guest pages mapped by any table, reachable or not, mean over all accesses"),
    PEAK_MAPPED(
            "peak_mapped_pages", "peak mapped", "guest pages", Better.HIGHER, "most guest pages mapped at one time"),
    PEAK_USED("peak_used_pages", "peak in use", "shadow pages", Better.NEITHER, "most shadow pages in use at one time"),
    QUOTA("quota", "quota", "shadow pages", Better.NEITHER, "shadow pages allowed at the end of the trial"),
    MEAN_STALE(
            "mean_stale_pages",
            "mean stale",
            "shadow pages",
            Better.LOWER,
            "shadow pages in use that no root leads to which a virtual CPU holds, mean over time"),
    LONGEST_STEP(
            "longest_step",
            "longest step",
            "entries",
            Better.LOWER,
            "most entries looked at with the MMU lock held between two points where the kernel may yield, warm-up"
                    + " included"),
    LONGEST_HOLD(
            "longest_hold",
            "longest hold",
            "entries",
            Better.LOWER,
            "most entries looked at from taking the MMU lock to letting it go, warm-up included"),
    DIRTY_PAGES(
            "dirty_pages",
            "dirty",
            "guest pages",
            Better.NEITHER,
            "guest pages that the dirty log named, all readings together"),
    ACCESSES("accesses", "accesses", "accesses", Better.NEITHER, "page accesses made"),
    DISTINCT_PAGES("distinct_pages", "distinct", "guest pages", Better.NEITHER, "guest pages used at least once"),
    DEVICE_ACCESSES(
            "device_accesses",
            "device",
            "accesses",
            Better.NEITHER,
            "accesses without memory behind them, and writes to read-only memory");

    /** Which of two values speaks for a policy. */
    public enum Better {
        /** Fewer is better. */
        LOWER,
        /** More is better. */
        HIGHER,
        /** Describes the trial, judges nothing. */
        NEITHER
    }

    private final String key;
    private final String title;
    private final String unit;
    private final Better better;
    private final String meaning;

    Metric(String key, String title, String unit, Better better, String meaning) {
        this.key = key;
        this.title = title;
        this.unit = unit;
        this.better = better;
        this.meaning = meaning;
    }

    /** The name in result files. */
    @JsonValue
    public String key() {
        return key;
    }

    /** The metric with this name in result files. */
    @JsonCreator
    public static Metric of(String key) {
        for (Metric metric : values()) {
            if (metric.key.equals(key)) {
                return metric;
            }
        }
        throw new IllegalArgumentException("there is no metric '" + key + "'");
    }

    /** The heading of its column. */
    public String title() {
        return title;
    }

    /** What is counted. */
    public String unit() {
        return unit;
    }

    /** Which of two values speaks for a policy. */
    public Better better() {
        return better;
    }

    /** One line that says what it is. */
    public String meaning() {
        return meaning;
    }
}
