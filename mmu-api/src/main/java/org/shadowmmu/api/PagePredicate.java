package org.shadowmmu.api;

/** A yes-or-no question about a shadow page. Keep one instance in a field: a lambda made per call is garbage. */
@FunctionalInterface
public interface PagePredicate {
    /** Answers for {@code page}. */
    boolean test(ShadowPageView page);
}
