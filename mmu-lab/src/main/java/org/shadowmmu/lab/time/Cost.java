package org.shadowmmu.lab.time;

import java.util.Locale;

/**
 * The primitives that simulated time is made of. What one of them costs, in nanoseconds, and where the figure comes from is
 * in a file ({@code costs.yaml}, see {@link CostFile}); here is what they mean.
 */
public enum Cost {
    TDP_LEAF_CLEAN("removing a leaf of the TDP MMU that was not written through"),
    TDP_LEAF_DIRTY("removing a dirty leaf of the TDP MMU; access and dirty bits go back to the host's page"),
    SHADOW_LEAF("removing a leaf of the legacy MMU, short reverse map"),
    RMAP_STEP("a step over a descriptor of a reverse map"),
    CHAIN_STEP("a step along a hash chain in a lookup"),
    LIST_STEP("a step over the list of shadow pages"),
    LIST_MOVE("moving a page within that list"),
    ZERO_PAGE("zeroing a new shadow page"),
    LOCK_ROUND_TRIP("letting the MMU lock go and taking it again, nobody waiting"),
    EXIT("leaving the guest and entering it again"),
    NESTED_EXIT("an exit of a nested guest that its own hypervisor handles"),
    FAULT("handling a page fault, without the exit"),
    REMOTE_FLUSH("a flush of the TLBs of other processors"),
    LOCAL_FLUSH("a flush of the processor's own TLB"),
    CONTENDER("what each other virtual CPU that wants the MMU lock adds to a fault"),
    INSTRUCTION("one instruction of the guest; more than nothing, or its clock would stand"),
    SYNC_ENTRY("comparing one entry of a page that is synchronised");

    private final String meaning;

    Cost(String meaning) {
        this.meaning = meaning;
    }

    /** What costs that, in a few words. */
    public String meaning() {
        return meaning;
    }

    /** The name in files: {@code tdp-leaf-clean}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name in tables: {@code tdp leaf clean}. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
