package org.shadowmmu.engine.era;

/**
 * How virtual CPUs keep their roots.
 *
 * @param keepsPrevious three roots that were current before are kept
 * @param reloadDropsAll a virtual CPU that is told of an obsolete root drops all of its roots; otherwise obsolete ones
 * @param setRegistersFlushesGuest loading registers from user space requests a flush of the guest's TLB when it resets
 *     the MMU
 */
public record RootRules(
        @Variant(rules = "VC-10, VC-50", meaning = "previous roots are kept", before61 = Confidence.RECALLED)
        boolean keepsPrevious,

        @Variant(
                rules = "VC-24, VC-50",
                meaning = "a reload drops every root of the virtual CPU",
                before61 = Confidence.RECALLED)
        boolean reloadDropsAll,

        @Variant(rules = "VC-7a", meaning = "loading registers flushes the guest's TLB", before61 = Confidence.RECALLED)
        boolean setRegistersFlushesGuest) {}
