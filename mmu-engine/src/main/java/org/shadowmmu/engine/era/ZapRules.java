package org.shadowmmu.engine.era;

/**
 * How pages are zapped.
 *
 * @param orphansGo a nested page goes with its last parent
 * @param liveRootsStayListed a root that is zapped while in use moves to the young end of the list; otherwise it leaves it
 * @param allByGeneration everything is zapped by making it obsolete; otherwise page by page, with a reload of all
 *     virtual CPUs
 */
public record ZapRules(
        @Variant(rules = "ZAP-10, ZAP-12", meaning = "a nested page goes with its last parent")
        boolean orphansGo,

        @Variant(rules = "ZAP-24", meaning = "a zapped root in use stays on the list, at its young end")
        boolean liveRootsStayListed,

        @Variant(rules = "ZAP-60, ZAP-64, ZAP-71, MS-21", meaning = "everything is zapped by a new generation")
        boolean allByGeneration) {}
