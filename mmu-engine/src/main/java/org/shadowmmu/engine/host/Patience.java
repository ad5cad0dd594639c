package org.shadowmmu.engine.host;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long the host waits for foreign code while it loads a jar.
 *
 * @param limit after this a call is given up; its thread cannot be ended, and runs on until the program ends
 */
record Patience(Duration limit) {
    /** What may fail while foreign code is called. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws JarProblem;
    }

    /**
     * Runs the call on a thread of its own.
     *
     * @param never the problem when it does not return
     */
    <T> T with(Call<T> call, JarProblem never) throws JarProblem {
        FutureTask<T> task = new FutureTask<>(call::run);
        Thread thread = new Thread(task, "policy jar");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            throw never;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw never;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JarProblem problem) {
                throw problem;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
