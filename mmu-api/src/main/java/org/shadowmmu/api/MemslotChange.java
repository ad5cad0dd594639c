package org.shadowmmu.api;

/**
 * A change of the memory layout of the guest (MS-1, MS-2).
 *
 * @param kind what happens to the slot
 * @param slotId the slot's number
 * @param addressSpace 0 normal, 1 system management mode
 * @param baseGfn first guest frame number before the change (after it for {@link Kind#CREATE})
 * @param pages size in 4 KiB pages, 1 or more
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public record MemslotChange(Kind kind, int slotId, int addressSpace, long baseGfn, long pages) {
    /** What happens to a slot. */
    public enum Kind {
        /** A slot appears. */
        CREATE,
        /** A slot goes. */
        DELETE,
        /** A slot gets another base address. */
        MOVE,
        /** Dirty logging is switched on or off. */
        FLAGS_ONLY
    }
}
