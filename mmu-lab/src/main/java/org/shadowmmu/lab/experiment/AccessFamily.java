package org.shadowmmu.lab.experiment;

/** A family whose guest does nothing but use memory by physical address, so that it is a stream like a recorded one. */
public sealed interface AccessFamily extends Family permits SequentialFill, Zipf, WorkingSets, MemslotChurn, Migration {
    /** The guest's memory. */
    MemorySize memory();

    /** Whether all memory is written once before the rest, so that figures begin behind that (marker 1). */
    default boolean fillsFirst() {
        return false;
    }

    /** The share of accesses that write. */
    Share writes();
}
