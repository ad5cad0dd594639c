package org.shadowmmu.engine.zap;

/**
 * Which list the fast zap walks to find obsolete pages (ZAP-61).
 *
 * <p>The kernel has one list for reclaim and for this walk, in order of creation, and the walk ends at the first current
 * page, because all newer ones are current as well. Here the engine keeps that list to itself, so a policy may order reclaim
 * as it likes. The two forms that walk the policy's order say what would happen if the kernel's one list were re-ordered;
 * they are for experiments, no kernel has them.
 */
public enum ObsoleteWalk {
    /** The list in order of creation, up to the first current page: what the kernel does. */
    CREATION_ORDER,
    /** The queues of the policy that orders reclaim, up to the first current page. Obsolete pages behind it stay. */
    RECLAIM_ORDER,
    /** The queues of the policy that orders reclaim, to the end. */
    RECLAIM_ORDER_TO_THE_END
}
