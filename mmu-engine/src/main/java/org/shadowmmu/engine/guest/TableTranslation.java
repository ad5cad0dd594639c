package org.shadowmmu.engine.guest;

/** Translates the addresses inside a nested guest's page tables to those of the L1 guest (GP-5, GP-21a). */
@FunctionalInterface
public interface TableTranslation {
    /** No translation: the walk ends. */
    long NONE = -1;

    /** The L1 frame behind an L2 frame, or {@link #NONE}. */
    long frame(long gfn, int access);
}
