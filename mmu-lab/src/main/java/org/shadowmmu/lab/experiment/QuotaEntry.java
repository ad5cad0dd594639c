package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A quota of an experiment file: a number of shadow pages, a share of the guest's pages, or the hypervisor's own rule.
 *
 * @param pages the number of shadow pages; 0 if it follows the size of the guest
 * @param perThousand shadow pages per 1000 guest pages; 0 if it is a number or the hypervisor's own rule
 */
public record QuotaEntry(long pages, long perThousand) {
    /** The smallest quota the hypervisor accepts (ZAP-42). */
    public static final long SMALLEST = 64;

    /** The hypervisor's own rule: 20 shadow pages per 1000 guest pages, at least 64. */
    public static final QuotaEntry DEFAULT = new QuotaEntry(0);

    private static final int PAGE = 4096;
    private static final int THOUSAND = 1000;
    private static final String MUST =
            "a quota must be 'default', a whole number of 64 or more, a share such as '20 per 1000' or a size such as"
                    + " '1 MiB', not ";

    /** A number of shadow pages, or 0 for the hypervisor's own rule. */
    public QuotaEntry(long pages) {
        this(pages, 0);
    }

    /**
     * A number of shadow pages.
     *
     * @throws IllegalArgumentException if it is smaller than the hypervisor allows
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static QuotaEntry of(long pages) {
        if (pages < SMALLEST) {
            throw new IllegalArgumentException(MUST + pages);
        }
        return new QuotaEntry(pages);
    }

    /**
     * The word {@code default}, a share of the guest's pages, or the memory that shadow pages may take.
     *
     * @throws IllegalArgumentException for any other word
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static QuotaEntry of(String word) {
        if (word.equals("default")) {
            return DEFAULT;
        }
        @Nullable Quantity quantity = Quantity.parse(word);
        if (quantity != null && quantity.amount() > 0) {
            if (quantity.kind() == Quantity.Kind.SHARE && quantity.amount() <= THOUSAND) {
                return new QuotaEntry(0, quantity.amount());
            }
            if (quantity.kind() == Quantity.Kind.SIZE && quantity.amount() >= SMALLEST * PAGE) {
                return new QuotaEntry(quantity.amount() / PAGE);
            }
        }
        throw new IllegalArgumentException(MUST + "'" + word + "'");
    }

    /** Whether the hypervisor's own rule holds. */
    public boolean isDefault() {
        return pages == 0 && perThousand == 0;
    }

    /** The number of shadow pages for a guest of this size; 0 for the hypervisor's own rule. */
    public long pagesFor(long guestPages) {
        return perThousand == 0 ? pages : Math.max(SMALLEST, guestPages * perThousand / THOUSAND);
    }

    /** As in the file. */
    @JsonValue
    @Override
    public String toString() {
        return isDefault() ? "default" : perThousand == 0 ? Long.toString(pages) : perThousand + " per 1000";
    }
}
