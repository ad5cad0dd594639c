package org.shadowmmu.engine.era;

import org.shadowmmu.api.RootZapOrder;

/**
 * The TDP MMU, and huge pages.
 *
 * @param exists the kernel has a TDP MMU; in older ones the other components do not matter
 * @param rootZapOrder the order in which a root is torn down upstream
 * @param nxKeepsAnyTable with NX huge pages on, a fault that wants a huge leaf goes below any table it finds there;
 *     otherwise only below one that a fault made to which NX forbade a huge leaf
 * @param faultSplitsWholeHugePage a fault below a huge leaf replaces it by a full table; otherwise by an empty one
 * @param collapseFreezes removing a table that could be a huge leaf freezes the entry first
 */
public record TdpMmuRules(
        @Variant(rules = "OV-3", meaning = "there is a TDP MMU")
        boolean exists,

        @Variant(rules = "TDP-22, TDP-23", meaning = "order of a root tear-down")
        RootZapOrder rootZapOrder,

        @Variant(rules = "PF-37", meaning = "NX huge pages keep any table", before61 = Confidence.RECALLED)
        boolean nxKeepsAnyTable,

        @Variant(rules = "TDP-16, TDP-17", meaning = "a fault splits a whole huge page")
        boolean faultSplitsWholeHugePage,

        @Variant(rules = "TDP-41", meaning = "collapsing freezes the entry first")
        boolean collapseFreezes) {}
