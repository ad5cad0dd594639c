package org.shadowmmu.lab.workload;

/**
 * What was counted while a workload drove a machine, in its {@link Region}.
 *
 * @param accesses page accesses made
 * @param faultingAccesses accesses that needed one or more page faults
 * @param repeatedFaultingAccesses those among them to a guest page that had been used before, be it in the warm-up
 * @param deviceAccesses accesses without memory behind them, or writes to read-only memory
 * @param distinctPages guest pages used
 * @param faults page faults handled
 * @param reclaimed shadow pages reclaimed at the quota
 * @param zapped shadow pages zapped
 * @param created shadow pages created
 * @param mmuNanos simulated time that the MMU worked, in nanoseconds
 * @param dirtyPages pages that dirty logs named when they were read
 * @param peakMapped most guest pages mapped at one time
 * @param meanMapped mean of the guest pages mapped, over all accesses
 * @param meanReferenced mean of the guest pages reachable from a root, over probes in equal distances
 * @param meanStale mean of the shadow pages that no root leads to which a virtual CPU holds, over the same probes
 * @param peakUsed most shadow pages in use at one time
 */
public record ReplayTotals(
        long accesses,
        long faultingAccesses,
        long repeatedFaultingAccesses,
        long deviceAccesses,
        long distinctPages,
        long faults,
        long reclaimed,
        long zapped,
        long created,
        long mmuNanos,
        long dirtyPages,
        long peakMapped,
        long meanMapped,
        long meanReferenced,
        long meanStale,
        long peakUsed) {}
