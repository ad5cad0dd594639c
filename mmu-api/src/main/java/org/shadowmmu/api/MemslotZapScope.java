package org.shadowmmu.api;

/**
 * How much a memslot deletion or move zaps. Each scope includes what safety demands for that slot.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public enum MemslotZapScope {
    /** What the simulated kernel does. */
    UPSTREAM,
    /** Every shadow page, through a new generation (MS-20; upstream since 5.4). */
    EVERYTHING,
    /** The leaf SPTEs that map the slot; pages that shadow guest tables inside it (proposal of July 2020, MS-23). */
    SLOT_LEAVES,
    /** The slot's leaf SPTEs, then every page whose gfn lies in the slot, direct ones too (5.1 and 5.2, MS-22). */
    PAGES_OF_GFNS,
    /** The slot's leaf SPTEs, then the pages that shadow guest tables inside it (6.12 without the quirk, MS-24). */
    SLOT_LEAVES_THEN_TABLES
}
