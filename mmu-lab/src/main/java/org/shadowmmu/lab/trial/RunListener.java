package org.shadowmmu.lab.trial;

/** Hears how a run goes. */
public interface RunListener {
    /** Accesses were replayed; called often, from any thread. */
    default void accessesReplayed(long count) {}

    /** A trial ended; called on the thread of the run, in the order of the plan. */
    void trialEnded(TrialOutcome outcome);
}
