package org.shadowmmu.engine.era;

import org.shadowmmu.api.RootZapOrder;

/**
 * The rule variants of one kernel, each named for what it changes. Everything that is not here is the same in all eras.
 *
 * @param name the kernel, as experiment files and recordings name it
 * @param rootZapOrder the order in which a TDP MMU root is torn down upstream (TDP-22, TDP-23)
 * @param syncKeepsUnchanged synchronising leaves an SPTE alone whose frame and access are the same, accessed and dirty bits
 *     included; otherwise every SPTE of the page is built anew as if prefetched (US-11)
 * @param invlpgRefills INVLPG, and a fault that is injected, map the new guest entry at once; otherwise they only
 *     synchronise an SPTE that is there (US-30)
 * @param unprotectsOnAnyDeliveryFault a fault during the delivery of an event unprotects its address whatever the fault;
 *     otherwise only if it is one of write protection (PF-2)
 * @param setRegistersFlushesGuest loading registers from user space requests a flush of the guest's TLB when it resets the
 *     MMU (VC-7a)
 * @param nxKeepsAnyTable with NX huge pages on, a fault that wants a huge leaf goes below any table it finds there;
 *     otherwise only below one that was made because of NX (PF-37)
 * @param faultSplitsWholeHugePage a TDP MMU fault below a huge leaf replaces it by a full table; otherwise by an empty one
 *     (TDP-16, TDP-17)
 * @param collapseFreezes removing a table that could be a huge leaf freezes the entry first (TDP-41)
 */
public record Era(
        String name,
        RootZapOrder rootZapOrder,
        boolean syncKeepsUnchanged,
        boolean invlpgRefills,
        boolean unprotectsOnAnyDeliveryFault,
        boolean setRegistersFlushesGuest,
        boolean nxKeepsAnyTable,
        boolean faultSplitsWholeHugePage,
        boolean collapseFreezes) {
    /** Linux 6.1, as of 6.1.192. */
    public static final Era LINUX_6_1 =
            new Era("linux-6.1", RootZapOrder.ONE_GIB_THEN_ROOT, false, true, true, false, true, false, true);

    /** Linux 6.12, as of 6.12.117. */
    public static final Era LINUX_6_12 =
            new Era("linux-6.12", RootZapOrder.LEAVES_FIRST, true, false, false, true, false, true, false);
}
