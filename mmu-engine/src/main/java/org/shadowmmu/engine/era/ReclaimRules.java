package org.shadowmmu.engine.era;

/**
 * How the quota is kept.
 *
 * @param takesLiveRoots the oldest page goes even if it is a root in use
 * @param stopsWhenAvailable victims go one by one until 25 pages are available; otherwise until enough were counted
 * @param commitsEachPage each victim is flushed and freed by itself; otherwise all at the end
 */
public record ReclaimRules(
        @Variant(rules = "ZAP-24", meaning = "reclaim takes roots in use")
        boolean takesLiveRoots,

        @Variant(rules = "ZAP-24", meaning = "reclaim goes on until 25 pages are available, counting one per victim")
        boolean stopsWhenAvailable,

        @Variant(rules = "ZAP-24", meaning = "reclaim flushes for each victim")
        boolean commitsEachPage) {}
