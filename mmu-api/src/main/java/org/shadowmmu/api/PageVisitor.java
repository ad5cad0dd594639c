package org.shadowmmu.api;

/**
 * Receives shadow pages from a walk. Keep one instance in a field: a lambda made per call is garbage.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
@FunctionalInterface
public interface PageVisitor {
    /** Called once per page met. */
    void visit(ShadowPageView page);
}
