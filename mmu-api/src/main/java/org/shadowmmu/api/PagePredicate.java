package org.shadowmmu.api;

/**
 * A yes-or-no question about a shadow page. Keep one instance in a field: a lambda made per call is garbage.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
@FunctionalInterface
public interface PagePredicate {
    /** Answers for {@code page}. */
    boolean test(ShadowPageView page);
}
