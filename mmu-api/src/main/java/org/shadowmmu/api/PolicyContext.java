package org.shadowmmu.api;

import java.util.random.RandomGenerator;

/**
 * What one policy of one virtual machine may use.
 *
 * @since 1.0
 */
@Status(Status.Level.STABLE)
public interface PolicyContext {
    /** The policy's parameters. */
    Parameters parameters();

    /**
     * The only source of chance a policy may use: the same seed of the experiment gives the same numbers in every run.
     */
    RandomGenerator random();

    /** Makes an empty queue. Call it while the policy is created. */
    PageQueue newQueue();

    /**
     * The policy's own 64-bit word of a page; 0 when the page is created.
     *
     * @throws IllegalArgumentException if the page is not a live page of this virtual machine
     */
    long word(ShadowPageView page);

    /**
     * Sets the policy's own 64-bit word of a page.
     *
     * @throws IllegalArgumentException if the page is not a live page of this virtual machine
     */
    void setWord(ShadowPageView page, long value);

    /** The shadow pages in use, as {@code n_used_mmu_pages} (SP-15). */
    long usedPages();

    /** The quota, as {@code n_max_mmu_pages} (ZAP-40 to ZAP-43). */
    long quota();

    /** The guest pages in all memslots. */
    long guestPages();

    /**
     * Asks the engine to zap a page at the next safe point: after the guest operation that runs now. The request is
     * dropped if the page is gone or a live root by then; a page that is asked for twice is zapped once. May be called
     * from any hook and decision.
     *
     * @throws IllegalArgumentException if the page is already gone, or none of this virtual machine
     */
    void requestZap(ShadowPageView page);
}
