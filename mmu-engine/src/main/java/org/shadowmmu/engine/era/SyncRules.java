package org.shadowmmu.engine.era;

/**
 * How pages become unsync and are brought in line again.
 *
 * @param keepsUnchanged synchronising leaves an SPTE alone whose frame and access are the same, accessed and dirty bits
 *     included; otherwise every SPTE of the page is built anew as if prefetched
 * @param invlpgRefills INVLPG, and a fault that is injected, map the new guest entry at once; otherwise they only
 *     synchronise an SPTE that is there
 * @param prefetchUnsyncs a neighbour that is mapped writable makes the guest table behind it unsync; otherwise it stays
 *     read-only
 * @param onlySoleRoleUnsyncs a guest table that is shadowed in two roles stays write-protected
 */
public record SyncRules(
        @Variant(rules = "US-11", meaning = "synchronising keeps unchanged SPTEs")
        boolean keepsUnchanged,

        @Variant(rules = "US-30", meaning = "INVLPG maps the new guest entry")
        boolean invlpgRefills,

        @Variant(rules = "US-3a, US-1", meaning = "prefetch makes guest tables unsync")
        boolean prefetchUnsyncs,

        @Variant(rules = "US-4", meaning = "a guest table shadowed in two roles stays protected")
        boolean onlySoleRoleUnsyncs) {}
