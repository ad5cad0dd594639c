package org.shadowmmu.engine.event;

/**
 * A primitive whose number decides how long the MMU works, beside the statistics of {@link Counter}. Declared once; cost
 * models, tables and reports derive from here.
 */
public enum WorkCounter {
    NESTED_ENTRIES("nested_entries", "entries", "entries to a nested guest that L1 asked for (NE-1)"),
    NESTED_EXITS("nested_exits", "exits", "exits of a nested guest that L1 was told of (NE-20)"),
    CHAIN_STEPS("chain_steps", "pages", "pages met in hash chains while looking for pages of a frame (SP-12, EM-10)"),
    RMAP_STEPS("rmap_steps", "descriptors", "descriptors walked in reverse maps and parent lists (RM-2, RM-5)"),
    LEAVES_SET("leaves_set", "SPTEs", "leaf SPTEs entered, prefetched ones included (ST-25, TDP-10)"),
    LEAVES_ZAPPED_CLEAN("leaves_zapped_clean", "SPTEs", "leaf SPTEs removed that were not dirty (ST-31, TDP-10)"),
    LEAVES_ZAPPED_DIRTY("leaves_zapped_dirty", "SPTEs", "leaf SPTEs removed that were dirty (ST-31, TDP-10)"),
    ENTRIES_SCANNED("entries_scanned", "entries", "entries looked at while pages were taken apart (ZAP-1, TDP-14)"),
    ITERATOR_STEPS("iterator_steps", "entries", "entries that walks over roots of the TDP MMU came to (TDP-9)"),
    ENTRIES_SYNCED("entries_synced", "entries", "guest entries compared while pages were synchronised (US-11)"),
    LIST_STEPS("list_steps", "pages", "pages met on the list of active pages while obsolete ones were sought (ZAP-61)"),
    LIST_MOVES("list_moves", "moves", "moves of a page from one place of a policy's queues to another");

    private final String key;
    private final String unit;
    private final String meaning;

    WorkCounter(String key, String unit, String meaning) {
        this.key = key;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** The name in results. */
    public String key() {
        return key;
    }

    /** What is counted. */
    public String unit() {
        return unit;
    }

    /** One line that says when it moves. */
    public String meaning() {
        return meaning;
    }
}
