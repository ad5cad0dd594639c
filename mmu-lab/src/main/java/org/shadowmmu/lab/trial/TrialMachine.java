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

    /** Checks every invariant; returns the first that does not hold as a sentence, null if all do. */
    default @Nullable String audit() {
        return null;
    }
}
