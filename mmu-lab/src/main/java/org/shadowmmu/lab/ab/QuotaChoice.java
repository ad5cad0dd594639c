package org.shadowmmu.lab.ab;

import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.QuotaEntry;

/**
 * A quota as the command line names it.
 *
 * @param word {@code default}, {@code binding} or a number of shadow pages
 * @param pages the number; 0 for the words
 */
public record QuotaChoice(String word, long pages) {
    /** The hypervisor's own rule. */
    public static final QuotaChoice DEFAULT = new QuotaChoice("default", 0);

    /**
     * A quota that just binds: as many pages as the first policy has in use at most when it may use as many as it likes. The
     * hypervisor keeps a few pages free, so it reclaims now and then.
     */
    public static final QuotaChoice BINDING = new QuotaChoice("binding", 0);

    /**
     * Reads a word.
     *
     * @throws BadInputException if it is neither of the words nor a number of pages that the hypervisor accepts
     */
    public static QuotaChoice of(String word) {
        switch (word) {
            case "default":
                return DEFAULT;
            case "binding":
                return BINDING;
            default:
                try {
                    return new QuotaChoice(
                            word, QuotaEntry.of(Long.parseLong(word)).pages());
                } catch (IllegalArgumentException e) {
                    throw new BadInputException(
                            "A quota must be 'default', 'binding' or a whole number of 64 or more, not '" + word + "'.",
                            e);
                }
        }
    }
}
