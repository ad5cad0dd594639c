package org.shadowmmu.engine.policy;

/** What the policy runtime reads from the virtual machine it belongs to. Constant time, no side effect. */
public interface VmFacts {
    /** The shadow pages in use, as {@code n_used_mmu_pages} (SP-15). */
    long usedPages();

    /** The quota, as {@code n_max_mmu_pages} (ZAP-40 to ZAP-43). */
    long quota();

    /** The guest pages in all memslots. */
    long guestPages();

    /** The number of the event that comes next; names the place in a failure report. */
    long eventNumber();
}
