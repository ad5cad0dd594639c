package org.shadowmmu.engine.lock;

/** Decides where the kernel yields; by default it never does (OV-6). */
@FunctionalInterface
public interface Yielding {
    /** Nobody waits for the lock and the scheduler never asks. */
    Yielding NEVER = point -> false;

    /** Whether the kernel yields here. Asked at every point that it reaches with the lock held. */
    boolean wanted(YieldPoint point);

    /**
     * The lock is free: others may now use the machine, except to change memslots, which the caller keeps to itself
     * (ZAP-60).
     */
    default void released(YieldPoint point) {}
}
