package org.shadowmmu.lab.workload;

/**
 * What a replay under shadow paging counted beside {@link ReplayTotals}.
 *
 * @param tableStores entries of guest tables that the guest stored, as the stream tells
 * @param faultingStores those that met page faults, without the first store to a table in each window, which counts as an
 *     access
 * @param clearingStores those among the stores that belong to the clearing of a page
 * @param tableLives pages that began to serve as a table
 * @param restoredEntries entries that were there when they did, stored by the guest
 * @param unmappedEntries entries that were there when they did, put into memory because nothing mapped the page yet
 * @param invalidations INVLPG with an address that could be told
 * @param blindInvalidations INVLPG whose address could not be told
 * @param guestFaults accesses that the guest's own tables refused, which the recorded guest's did not
 * @param wrongPages accesses that reached another page than the recorded one
 * @param wrongTables accesses or entries for which the tables in memory said something else than the recording
 */
public record ShadowTotals(
        long tableStores,
        long faultingStores,
        long clearingStores,
        long tableLives,
        long restoredEntries,
        long unmappedEntries,
        long invalidations,
        long blindInvalidations,
        long guestFaults,
        long wrongPages,
        long wrongTables) {
    /** Whether the guest saw what the recorded guest saw. */
    public boolean faithful() {
        return guestFaults == 0 && wrongPages == 0 && wrongTables == 0;
    }
}
