package org.shadowmmu.api;

/**
 * Decides how much is zapped when a memslot is deleted or moved.
 *
 * <p>Upstream rule of 6.1 (MS-20): everything, by a new generation. Whatever a policy answers, the engine removes every
 * translation of, and every account kept in, the dying slot.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface MemslotZap {
    /** Chooses the scope for one deletion or move. */
    MemslotZapScope scope(MemslotChange change);
}
