package org.shadowmmu.engine.policy;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs a machine on a thread of its own, so that what a policy does to its thread ends with the machine.
 *
 * <p>Java cannot end a thread: when one call of a policy runs for too long the thread is left behind, as a daemon.
 */
public final class GuardedThread {
    private final String name;
    private final CallLimit limit;

    /** Makes a guard; the name is that of its threads. */
    public GuardedThread(String name, CallLimit limit) {
        this.name = name;
        this.limit = limit;
    }

    /**
     * Runs the work and waits for it.
     *
     * @param watch the watch of the policies that the work calls
     * @return what the work gives
     * @throws PolicyFailure if a policy never returns, or the work throws it
     */
    public <T> T run(PolicyWatch watch, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        long running = 0;
        long left = 0;
        int seen = 0;
        while (true) {
            try {
                return task.get(limit.pause(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long call = watch.call();
                long stepsLeft = watch.stepsLeft();
                seen = call != 0 && call == running && stepsLeft == left ? seen + 1 : 0;
                running = call;
                left = stepsLeft;
                if (seen >= limit.looks()) {
                    thread.interrupt();
                    throw watch.neverReturned(call);
                }
            } catch (ExecutionException e) {
                throw unwrapped(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("the wait for " + name + " was interrupted", e);
            }
        }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    }
}
