package org.shadowmmu.lab.trial;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;
import org.shadowmmu.engine.policy.GuardedThread;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyWatch;

/**
 * Runs each trial on a thread of its own, so that what a policy does to its thread ends with the trial.
 *
 * <p>While it waits it looks at the calls of foreign code: a trial in which one call runs for too long without a step has failed, and its
 * thread is left behind, for Java cannot end it. A trial that runs out of memory is run again alone, because another one
 * may have taken the memory; so a policy without bounds fails, and its neighbours do not.
 *
 * <p>May be used by several threads.
 */
final class TrialGuard {
    private final TrialRunner runner;
    private final RunOptions options;
    private final ReentrantReadWriteLock memory = new ReentrantReadWriteLock(true);

    TrialGuard(TrialRunner runner, RunOptions options) {
        this.runner = runner;
        this.options = options;
    }

    /** Runs a trial, and its repetition if that is wanted. */
    TrialOutcome run(Trial trial, LongConsumer progress) {
        if (!options.repeat()) {
            return runOnce(trial, progress, PolicyWatch::new);
        }
        PolicyWatch[] first = new PolicyWatch[1];
        TrialOutcome outcome = runOnce(trial, progress, () -> first[0] = PolicyWatch.noting());
        if (!outcome.result().ok()) {
            return outcome;
        }
        TrialOutcome again = runOnce(trial, accesses -> {}, first[0]::ofRepetition);
        return again.result().ok() && !again.result().equals(outcome.result()) ? runner.unsteady(trial) : again;
    }

    /** Makes the watch of each attempt. */
    @FunctionalInterface
    private interface Watches {
        PolicyWatch make();
    }

    private TrialOutcome runOnce(Trial trial, LongConsumer progress, Watches watches) {
        TrialOutcome outcome = holding(memory.readLock(), trial, progress, watches.make());
        return outcome.outOfMemory() ? holding(memory.writeLock(), trial, accesses -> {}, watches.make()) : outcome;
    }

    private TrialOutcome holding(Lock lock, Trial trial, LongConsumer progress, PolicyWatch watch) {
        lock.lock();
        try {
            return watched(trial, progress, watch);
        } finally {
            lock.unlock();
        }
    }

    private TrialOutcome watched(Trial trial, LongConsumer progress, PolicyWatch watch) {
        long start = System.nanoTime();
        try {
            return new GuardedThread("trial " + trial.number(), options.callLimit())
                    .run(watch, () -> runner.run(trial, progress, watch, options.audit()));
        } catch (PolicyFailure e) {
            return runner.stuck(trial, e, start);
        }
    }
}
