package org.shadowmmu.engine.era;

/**
 * How shadow pages are found and linked.
 *
 * @param hashesLowBits 1,024 hash chains by the low bits of the frame; otherwise 4,096 by a multiplicative hash
 * @param listSlots entries of a descriptor of reverse maps and parent lists
 * @param anyLinkedChildServes a table below an entry is used whatever its frame and role; otherwise only the wanted one
 * @param newDirectorySyncs a new page of level 2 or more brings unsync pages of its frame in line; otherwise a lookup zaps
 *     those of other roles
 * @param hitRequestsSync a page found with unsync pages below is left to the next entry; otherwise a fault brings them in
 *     line before it links the page
 */
public record PageRules(
        @Variant(rules = "SP-10", meaning = "1,024 hash chains by low bits of the frame")
        boolean hashesLowBits,

        @Variant(rules = "RM-8", meaning = "entries in a list descriptor", before61 = Confidence.RECALLED)
        int listSlots,

        @Variant(rules = "SP-21", meaning = "any table below an entry serves")
        boolean anyLinkedChildServes,

        @Variant(rules = "SP-19, SP-12.2", meaning = "a new directory synchronises unsync pages of its frame")
        boolean newDirectorySyncs,

        @Variant(rules = "SP-19, PF-31", meaning = "finding a page with unsync pages below requests a sync")
        boolean hitRequestsSync) {}
