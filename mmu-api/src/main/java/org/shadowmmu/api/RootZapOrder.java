package org.shadowmmu.api;

import java.util.List;

/**
 * The levels at which the passes of a root tear-down cut SPTEs, in order; 0 stands for the root's own level. Between two
 * cut entries the engine may yield, so the longest step is the largest subtree that a pass cuts at once (TDP-22, TDP-23).
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public enum RootZapOrder {
    /** What the simulated kernel does. */
    UPSTREAM(List.of()),
    /** One pass at the root: whole trees at once (5.15 to 5.17). */
    WHOLE_ROOT(List.of(0)),
    /** 1 GiB subtrees, then the root (5.18 to 6.8; the rule of 6.1). */
    ONE_GIB_THEN_ROOT(List.of(3, 0)),
    /** Leaves first, then level by level (6.9 and later). */
    LEAVES_FIRST(List.of(1, 2, 3, 0));

    private final List<Integer> passLevels;

    RootZapOrder(List<Integer> passLevels) {
        this.passLevels = passLevels;
    }

    /** The level of each pass, in order; 0 is the root's own level. Empty for {@link #UPSTREAM}. */
    public List<Integer> passLevels() {
        return passLevels;
    }
}
