package org.shadowmmu.engine.lock;

/**
 * Moments at which the kernel holds no MMU lock in the middle of an operation, so that another CPU may act. Whoever is told
 * may let another operation of the machine go on, one at a time; by default nobody does. At most one fault is in flight.
 */
public interface Interleaving {
    /** Every operation runs to its end. */
    Interleaving NONE = new Interleaving() {};

    /** A fault has looked for its host page, and will take the lock next (PF-16, PF-22). */
    default void hostPageFound() {}

    /** What must go with a slot that is deleted or moved has been zapped; the slot goes next (MS-10). */
    default void slotZapped() {}
}
