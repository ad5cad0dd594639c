package org.shadowmmu.lab.workload;

/**
 * What a replay counted itself, beside the statistics of the machine.
 *
 * @param accesses page accesses replayed
 * @param faultingAccesses accesses that needed one or more page faults
 * @param repeatedFaultingAccesses those among them to a guest page that had been used before
 * @param deviceAccesses accesses without memory behind them, or writes to read-only memory
 * @param distinctPages guest pages used
 * @param peakMapped most guest pages mapped at one time
 * @param meanMapped mean of the guest pages mapped, over all accesses
 * @param meanReferenced mean of the guest pages reachable from a root, over probes in equal distances
 * @param peakUsed most shadow pages in use at one time
 */
public record ReplayTotals(
        long accesses,
        long faultingAccesses,
        long repeatedFaultingAccesses,
        long deviceAccesses,
        long distinctPages,
        long peakMapped,
        long meanMapped,
        long meanReferenced,
        long peakUsed) {}
