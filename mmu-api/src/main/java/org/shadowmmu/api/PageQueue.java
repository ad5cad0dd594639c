package org.shadowmmu.api;

import org.jspecify.annotations.Nullable;

/**
 * A queue of shadow pages from oldest to youngest, for policies that keep an order.
 *
 * <p>The links lie in the engine, one pair per policy and page: a page is in at most one of the queues that a policy made
 * with {@link PolicyContext#newQueue}, and adding it to a second one moves it. All methods take constant time unless they
 * say otherwise, and allocate nothing in the steady state. The engine takes a zapped page out of its queue after {@link
 * MmuPolicy#pageZapped}.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface PageQueue {
    /**
     * Puts the page at the young end; if it is in a queue of this policy it is taken out there first.
     *
     * @throws IllegalArgumentException if the page is not a live page of this virtual machine
     */
    void addYoungest(ShadowPageView page);

    /**
     * Puts the page at the old end; if it is in a queue of this policy it is taken out there first.
     *
     * @throws IllegalArgumentException if the page is not a live page of this virtual machine
     */
    void addOldest(ShadowPageView page);

    /** Takes the page out; nothing happens if it is not in this queue. */
    void remove(ShadowPageView page);

    /** Whether the page is in this queue. */
    boolean contains(ShadowPageView page);

    /** The number of pages. */
    int size();

    /** The page at the old end, or null if the queue is empty. */
    @Nullable ShadowPageView oldest();

    /** The page at the young end, or null if the queue is empty. */
    @Nullable ShadowPageView youngest();

    /**
     * The neighbour towards the young end, or null at the end.
     *
     * @throws IllegalArgumentException if the page is not in this queue
     */
    @Nullable ShadowPageView younger(ShadowPageView page);

    /**
     * The neighbour towards the old end, or null at the end.
     *
     * @throws IllegalArgumentException if the page is not in this queue
     */
    @Nullable ShadowPageView older(ShadowPageView page);

    /** The oldest page that may be reclaimed, i.e. is no live root; null if there is none. Costs one step per live root. */
    @Nullable ShadowPageView oldestVictim();

    /** The youngest page that may be reclaimed, i.e. is no live root; null if there is none. Costs one step per live root. */
    @Nullable ShadowPageView youngestVictim();

    /** The oldest page that may be reclaimed and passes the test; null if there is none. Costs one step per page passed over. */
    @Nullable ShadowPageView oldestVictim(PagePredicate test);
}
