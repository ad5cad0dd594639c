package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A quota of an experiment file.
 *
 * @param pages the number of shadow pages, or 0 for the hypervisor's own rule, which follows the size of guest memory
 */
public record QuotaEntry(long pages) {
    /** The smallest quota the hypervisor accepts (ZAP-42). */
    public static final long SMALLEST = 64;

    /** The hypervisor's own rule: 20 shadow pages per 1000 guest pages, at least 64. */
    public static final QuotaEntry DEFAULT = new QuotaEntry(0);

    /**
     * A number of shadow pages.
     *
     * @throws IllegalArgumentException if it is smaller than the hypervisor allows
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static QuotaEntry of(long pages) {
        if (pages < SMALLEST) {
            throw new IllegalArgumentException(
                    "a quota must be 'default' or a whole number of 64 or more, not " + pages);
        }
        return new QuotaEntry(pages);
    }

    /**
     * The word {@code default}.
     *
     * @throws IllegalArgumentException for any other word
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static QuotaEntry of(String word) {
        if (!word.equals("default")) {
            throw new IllegalArgumentException(
                    "a quota must be 'default' or a whole number of 64 or more, not '" + word + "'");
        }
        return DEFAULT;
    }

    /** Whether the hypervisor's own rule holds. */
    public boolean isDefault() {
        return pages == 0;
    }

    /** As in the file. */
    @JsonValue
    @Override
    public String toString() {
        return isDefault() ? "default" : Long.toString(pages);
    }
}
