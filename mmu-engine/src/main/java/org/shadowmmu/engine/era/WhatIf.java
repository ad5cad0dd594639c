package org.shadowmmu.engine.era;

/**
 * A departure from every simulated kernel's rules, made on purpose to show what a rule is good for. Nothing departs unless
 * {@code MmuOptions.withWhatIfs} says so; no experiment, comparison or verification does.
 */
public enum WhatIf {
    /** A slot zap takes the slot's leaves and keeps pages that shadow guest tables inside it, as before 58a20a9435aa. */
    SLOT_ZAP_KEEPS_GUEST_TABLES(
            "MS-24", "deleting a slot keeps pages that shadow guest tables in it (before 58a20a9435aa)"),
    /** A slot zap that keeps the root does not tell faults in flight that something went. */
    SLOT_ZAP_UNNOTICED("PF-22", "faults in flight do not notice that one slot is zapped (mail of 4 October 2024)"),
    /** Each table of the TDP MMU that is taken apart flushes by itself, as before bb95dfb9e2df. */
    EACH_TABLE_FLUSHES("TDP-14, TDP-21", "each table of the TDP MMU that goes flushes by itself (before bb95dfb9e2df)"),
    /** The kernel's one list is in the order of the policy that orders reclaim, and the obsolete walk ends as it does. */
    OBSOLETE_WALK_IN_RECLAIM_ORDER(
            "ZAP-61", "the obsolete walk goes through the policy's reclaim order, to the first current page"),
    /** The same list, walked to its end. */
    OBSOLETE_WALK_TO_THE_END("ZAP-61", "the obsolete walk goes through the policy's reclaim order, to the end"),
    /** The obsolete walk may yield after each page, as before e7d11c7a8949. */
    OBSOLETE_BATCH_OF_ONE("ZAP-61", "the obsolete walk offers to yield after each page (before e7d11c7a8949)");

    private final String rules;
    private final String meaning;

    WhatIf(String rules, String meaning) {
        this.rules = rules;
        this.meaning = meaning;
    }

    /** The rules of the behaviour specification that it departs from. */
    public String rules() {
        return rules;
    }

    /** What happens instead, and where that is from. */
    public String meaning() {
        return meaning;
    }
}
