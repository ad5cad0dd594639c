package org.shadowmmu.lab.trial;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the trials of a plan on several threads. Each trial is one virtual machine on one thread and shares nothing that can
 * change, so the outcomes, handed over in the order of the plan, do not depend on the number of threads.
 */
public final class TrialPool {
    private final TrialGuard guard;
    private final int jobs;

    /** Runs trials as the options say. */
    public TrialPool(TrialRunner runner, RunOptions options) {
        this.guard = new TrialGuard(runner, options);
        this.jobs = options.jobs();
    }

    /** Runs every trial; returns when the last outcome was handed over. */
    public void run(List<Trial> trials, RunListener listener) {
        ExecutorService threads = Executors.newFixedThreadPool(jobs, work -> {
            Thread thread = new Thread(work, "trials");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<TrialOutcome>> outcomes = new ArrayList<>();
            for (Trial trial : trials) {
                outcomes.add(threads.submit(() -> guard.run(trial, listener::accessesReplayed)));
            }
            for (Future<TrialOutcome> outcome : outcomes) {
                listener.trialEnded(outcome.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the run was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a trial ended in a way it cannot: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }
}
