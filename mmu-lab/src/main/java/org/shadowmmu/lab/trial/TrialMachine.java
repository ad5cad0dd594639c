package org.shadowmmu.lab.trial;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.engine.policy.DecisionCounts;
import org.shadowmmu.lab.workload.GuestMachine;

/** The virtual machine of one trial: what a workload drives, and what is read from it at the end. */
public interface TrialMachine extends GuestMachine {
    /** The kernel's statistics. */
    Counters counters();

    /** How often each decision was asked for until now, and who answered. */
    DecisionCounts decisions();

    /** The most entries that were looked at with the MMU lock held between two points where the kernel may yield, so far. */
    long longestStep();

    /** The most entries that were looked at from taking the MMU lock to letting it go, so far. */
    long longestHold();

    /** Checks every invariant; returns the first that does not hold as a sentence, null if all do. */
    default @Nullable String audit() {
        return null;
    }
}
