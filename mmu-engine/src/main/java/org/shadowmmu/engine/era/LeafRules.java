package org.shadowmmu.engine.era;

/**
 * How leaves are installed by faults and prefetch.
 *
 * @param events when {@code kvm_mmu_set_spte} is reported
 * @param unchangedIsSpurious a fault that finds its SPTE there counts as spurious and prefetches nothing; otherwise as
 *     fixed
 * @param refusalFlushes a write that is refused for the sake of a guest table flushes the virtual CPU
 * @param everyWritableUnsyncs the unsync check is made although the old SPTE was writable, except while synchronising
 * @param mapsLastRun prefetch maps a run of empty entries that reaches the end of the window
 * @param staleBeforeQuota a fault during which the host took pages away starts again before it looks at the quota; otherwise
 *     after
 */
public record LeafRules(
        @Variant(rules = "ST-22, ST-29", meaning = "when kvm_mmu_set_spte is reported")
        SetSpteEvents events,

        @Variant(rules = "ST-22, ST-29", meaning = "a fault that changes nothing is spurious")
        boolean unchangedIsSpurious,

        @Variant(rules = "ST-29", meaning = "a refused write flushes the virtual CPU")
        boolean refusalFlushes,

        @Variant(
                rules = "ST-11, ST-10.5",
                meaning = "a fault checks for guest tables although the old SPTE is writable")
        boolean everyWritableUnsyncs,

        @Variant(rules = "PR-5", meaning = "prefetch maps the last open run")
        boolean mapsLastRun,

        @Variant(
                rules = "PF-20, PF-22",
                meaning = "a fault that the host outran starts again before reclaim",
                before61 = Confidence.RECALLED)
        boolean staleBeforeQuota) {}
