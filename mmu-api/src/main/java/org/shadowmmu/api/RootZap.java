package org.shadowmmu.api;

/**
 * Decides in which order a root of the TDP MMU is torn down.
 *
 * <p>Upstream rule of 6.1 (TDP-22): {@link RootZapOrder#ONE_GIB_THEN_ROOT}.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface RootZap {
    /**
     * Chooses the order for one root.
     *
     * @param rootLevel level of the root, 4 or 5
     * @param addressSpace 0 normal, 1 system management mode
     */
    RootZapOrder order(int rootLevel, int addressSpace);
}
