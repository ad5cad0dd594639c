package org.shadowmmu.engine.era;

/**
 * What emulated writes to guest tables do.
 *
 * @param floodsPerVcpu three writes in a row of one virtual CPU to one frame flood it, at any level; otherwise three
 *     writes to one page of level 2 or more
 * @param refillsLeaves the written entry of a level-1 page is mapped again at once
 * @param reclaims the quota is kept before the write is looked at
 * @param deliveryFaultUnprotects a fault during the delivery of an event unprotects its address whatever the fault;
 *     otherwise only if it is one of write protection
 */
public record GuestWriteRules(
        @Variant(rules = "EM-16, EM-22", meaning = "write flooding is counted per virtual CPU, at all levels")
        boolean floodsPerVcpu,

        @Variant(rules = "EM-22", meaning = "a written level-1 entry is mapped again at once")
        boolean refillsLeaves,

        @Variant(rules = "EM-22", meaning = "emulated writes keep the quota")
        boolean reclaims,

        @Variant(rules = "PF-2", meaning = "any fault during event delivery unprotects", before61 = Confidence.RECALLED)
        boolean deliveryFaultUnprotects) {}
