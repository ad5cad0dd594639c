package org.shadowmmu.engine.audit;

import java.util.Locale;

/**
 * A statement about the state of a virtual machine that holds between any two operations. The check of the same name finds
 * out.
 */
public enum Invariant {
    /** The life cycle of spec 13: between operations no page waits for a commit. */
    LIVE_PAGES_ARE_ACTIVE_OR_DETACHED_ROOTS(
            "INV-21", "every page is on the active list and valid, or a zapped root that is still in use"),
    /** The quota compares this number. */
    USED_PAGES_ARE_ACTIVE_PAGES_AND_DETACHED_ROOTS(
            "INV-10", "pages in use are the active pages and the zapped roots that are still in use"),
    /** The engine's own list; policies keep theirs. */
    ACTIVE_PAGES_ARE_IN_ORDER_OF_CREATION("INV-18", "the active list runs from the newest page to the oldest"),
    /** What lets a fast zap stop at the first current page. */
    OBSOLETE_PAGES_ARE_THE_OLDEST("INV-18", "no current page is older than an obsolete one"),
    /** What tells reclaim whether a policy can name a victim. */
    RECLAIMABLE_PAGES_ARE_ACTIVE_PAGES_BUT_LIVE_ROOTS(
            "ZAP-20", "the pages that reclaim may take are the active pages that are no live roots"),
    /** A page that is in no chain would never be found, zapped or protected by frame. */
    PAGES_ARE_IN_THEIR_HASH_CHAIN(
            "SP-11", "every page is in the chain of its frame once, and pages in chains are live"),
    /** A second page of the same name would be invisible. */
    VISIBLE_PAGES_DIFFER_IN_FRAME_OR_ROLE("SP-6", "no two current pages have the same frame and role"),

    /** The number that keeps a root from being freed. */
    ROOT_COUNTS_ARE_ROOT_SLOTS(
            "INV-17", "the root count of a page is the number of virtual CPU root slots that hold it"),

    /** A valid root of the TDP MMU has one reference more, the MMU's own. */
    TDP_REFERENCES_ARE_ROOT_SLOTS(
            "TDP-3",
            "the references to a TDP MMU root are the root slots that hold it, and one more while it is valid"),
    /** Nobody unfolds an entry elsewhere. */
    FOLDED_ENTRIES_LIE_IN_TDP_DIRECTORIES("TDP-1", "a folded entry lies in a table of level 2 or above of the TDP MMU"),
    /** The TDP MMU's tables form trees. */
    TDP_TABLES_ARE_LINKED_ONCE("TDP-1", "every TDP MMU table but a root is linked by one entry, one level above"),

    /** Otherwise a root is never used, or never freed. */
    TDP_ROOTS_ARE_CURRENT_OR_ZAPPED(
            "TDP-21", "the current roots of the TDP MMU differ in role, and those that are not current are zapped"),

    /** Neither MMU knows another entry between operations. */
    ENTRIES_ARE_EMPTY_PRESENT_OR_MMIO("ST-5", "every SPTE is empty, present, or marks a frame without memory"),
    /** Otherwise a leaf survives when its frame goes. */
    LEAVES_ARE_IN_ONE_RMAP("INV-14", "every leaf is in the reverse map of its frame once, and nothing else is in one"),
    /** Otherwise a link survives when its child goes. */
    LINKS_ARE_IN_THEIR_CHILDS_PARENT_LIST(
            "INV-14", "every link is in the parent list of a valid child once, and nothing else is in one"),

    /** The statistics {@code pages_4k}, {@code pages_2m} and {@code pages_1g}. */
    LEAF_STATISTICS_COUNT_LEAVES("INV-19", "the leaf statistics are the numbers of present leaves"),
    /** The statistic {@code nx_lpage_splits}. */
    NX_STATISTIC_COUNTS_SPLIT_PAGES("PF-37", "nx_lpage_splits is the number of pages that split a huge page for NX"),
    /** The writable state 111 of ST-6. */
    WRITABLE_LEAVES_ARE_HOST_AND_MMU_WRITABLE("INV-20", "a writable leaf is host-writable and MMU-writable"),
    /** Security: the guest reaches its own memory and no other. */
    LEAVES_MAP_THE_MEMORY_OF_USABLE_SLOTS(
            "MS-10", "a leaf maps frames of one slot that is not being deleted, to the host frames behind them"),
    /** Security: read-only memory stays as it is. */
    READ_ONLY_SLOTS_ARE_NOT_WRITABLE("ST-6", "a leaf of a read-only slot is neither writable nor host-writable"),
    /** Security: memory that the host took away is out of reach. */
    LEAVES_MAP_WHAT_THE_HOST_MAPS(
            "MN-10",
            "a leaf maps pages that the host maps at this size, host-writable only if the host's are writable"),
    /** Otherwise a write is lost to live migration. */
    WRITABLE_LEAVES_OF_LOGGED_SLOTS_ARE_DIRTY("DL-6", "the pages of a writable leaf are marked in the dirty log"),
    /** Otherwise memory is taken for a device. Direct pages only: a sync renews old entries without looking (US-11). */
    CURRENT_MMIO_ENTRIES_HAVE_NO_MEMORY(
            "MS-12", "an MMIO entry of a direct page with the current generation marks a frame outside all slots"),

    /** Also INV-1: a transient sync leaves the page as it was. */
    UNSYNC_PAGES_ARE_ACTIVE_AND_NO_ROOTS("INV-1", "an unsync page is active, valid and no root"),
    /** No other page could be brought in line again. */
    ONLY_LEVEL_1_PAGES_OF_GUEST_TABLES_ARE_UNSYNC("INV-2", "an unsync page has level 1 and mirrors a guest table"),
    /** The counter may be too high for the pages below, but not for the marks. */
    UNSYNC_CHILDREN_COUNT_MARKS("INV-15", "unsync_children of a page is the number of its marked entries"),
    /** Otherwise an unsync page is missed by a sync. */
    WAYS_TO_UNSYNC_PAGES_ARE_MARKED("INV-15", "every link to an unsync page, or towards one, is marked"),
    /** The statistic {@code mmu_unsync}. */
    UNSYNC_STATISTIC_COUNTS_UNSYNC_PAGES("INV-16", "mmu_unsync is the number of unsync pages"),

    /** The counter that lets whole operations skip their search. */
    INDIRECT_COUNT_IS_VALID_PAGES_OF_GUEST_TABLES(
            "INV-13", "indirect_shadow_pages is the number of valid pages that mirror guest tables"),
    /** Otherwise a guest writes to a directory behind the MMU's back, or traps for ever. */
    TRACK_COUNTS_ARE_SHADOWED_DIRECTORIES(
            "INV-11", "the track count of a frame is the number of valid pages of level 2 or more that mirror it"),
    /** Otherwise a huge page reaches a guest table, or memory outside the slot. */
    DISALLOW_COUNTS_ARE_ALIGNMENT_AND_SHADOWED_TABLES(
            "INV-12", "the count that forbids a huge page is what alignment asks for plus the shadowed tables in it"),
    /**
     * Security, the gfn protection table of spec 13. A page that was only synchronised in passing stays unsync and may
     * coexist with writable leaves (SP-12.4). Linux 6.1 does not ask about a leaf that takes the place of an MMIO entry which
     * allowed writing (ST-10a), so a guest can reach a writable mapping of its own shadowed table that way.
     */
    SHADOWED_GUEST_TABLES_ARE_WRITE_PROTECTED(
            "spec 13",
            "no leaf of a shadowed guest table is writable or MMU-writable, unless all its pages are unsync or the leaf "
                    + "took the place of an MMIO entry that allowed writing (ST-10a)"),

    /** Security: what was taken away is out of reach for processors that remember it. */
    CACHED_TRANSLATIONS_ARE_STILL_IN_THE_TABLES(
            "OV-9", "a translation in a TLB is in the tables with the same rights, unless a flush is asked for");

    private final String rule;
    private final String sentence;

    Invariant(String rule, String sentence) {
        this.rule = rule;
        this.sentence = sentence;
    }

    /** The rule of the behaviour specification, for instance {@code INV-10}. */
    public String rule() {
        return rule;
    }

    /** The statement, without a full stop. */
    public String sentence() {
        return sentence;
    }

    /** The name of the check. */
    public String checkName() {
        StringBuilder name = new StringBuilder();
        for (String word : name().toLowerCase(Locale.ROOT).split("_")) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }
}
