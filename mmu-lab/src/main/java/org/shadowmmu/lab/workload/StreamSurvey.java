package org.shadowmmu.lab.workload;

import java.util.List;

/**
 * What one pass over a stream file tells before anything is replayed: that it is sound, its hash, how long it is, and how
 * big each RAM block must be. Costs a fraction of a second and constant memory; every trial on the stream shares it.
 *
 * @param header first line of the file
 * @param sha256 SHA-256 of the file, lower-case hexadecimal
 * @param bytes size of the file
 * @param instructions instructions executed, all virtual CPUs together
 * @param entries page accesses, as replayed
 * @param windows windows
 * @param slotChanges slot changes of both address spaces
 * @param vcpus number of virtual CPUs: one more than the largest number seen
 * @param blocks RAM blocks in the order of their first appearance
 * @param markers markers in order
 */
public record StreamSurvey(
        StreamHeader header,
        String sha256,
        long bytes,
        long instructions,
        long entries,
        long windows,
        long slotChanges,
        int vcpus,
        List<Block> blocks,
        List<Marker> markers) {
    /** A RAM block: its name, and the end of the last slot that lies in it, in 4 KiB pages. */
    public record Block(String name, long pages) {}

    /** A marker and the instruction clock, all virtual CPUs together, at the end of the last window before it. */
    public record Marker(long number, long instruction) {}
}
