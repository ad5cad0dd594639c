package org.shadowmmu.lab.trial;

import org.shadowmmu.engine.policy.CallLimit;

/**
 * How a plan is carried out; changes no result.
 *
 * @param jobs trials to run at the same time
 * @param callLimit how long one call of a policy may run
 * @param repeat whether every trial is run twice, so that a policy that is not the same each time is found
 * @param audit whether the invariants of every machine are checked as it runs
 */
public record RunOptions(int jobs, CallLimit callLimit, boolean repeat, boolean audit) {
    /** So many trials at a time, each once. */
    public static RunOptions jobs(int jobs) {
        return new RunOptions(jobs, CallLimit.DEFAULT, false, false);
    }
}
