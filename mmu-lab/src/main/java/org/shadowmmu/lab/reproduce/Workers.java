package org.shadowmmu.lab.reproduce;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The threads that measure. Measurements begin in the order in which they are started, so long ones should be started
 * first. None waits for another: who starts them collects them, from outside; so any number of threads is enough.
 */
public final class Workers implements AutoCloseable {
    /**
     * Bytes of heap that one job may need: the storm of story 1 that keeps its tables ends with 238,000 shadow pages, each
     * with a table of 4 KiB and, under a nested root, the guest frames of its entries, another 4 KiB.
     */
    public static final long HEAP_PER_JOB = 2L << 30;

    private final ExecutorService threads;

    /** So many threads, 1 or more. */
    public Workers(int jobs) {
        threads = Executors.newFixedThreadPool(jobs, work -> {
            Thread thread = new Worker(work);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** How many jobs fit: one per processor, but no more than so much heap allows, and at least one. */
    public static int fitting(int processors, long heap) {
        return (int) Math.max(1, Math.min(processors, heap / HEAP_PER_JOB));
    }

    private static final class Worker extends Thread {
        Worker(Runnable work) {
            super(work, "measurements");
        }
    }

    /** Runs a measurement as soon as a thread is free. */
    <T> Pending<T> start(Supplier<T> measurement) {
        Future<T> future = threads.submit(measurement::get);
        return () -> outcome(future);
    }

    private static <T> T outcome(Future<T> future) {
        if (Thread.currentThread() instanceof Worker) {
            throw new IllegalStateException("a measurement must not wait for another one");
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the measurements were interrupted", e);
        } catch (ExecutionException e) {
            throw own(e);
        }
    }

    /** What the measurement threw; a supplier throws nothing that is checked. */
    private static RuntimeException own(ExecutionException failure) {
        if (failure.getCause() instanceof RuntimeException cause) {
            return cause;
        }
        if (failure.getCause() instanceof Error cause) {
            throw cause;
        }
        return new IllegalStateException("a measurement ended in a way it cannot", failure);
    }

    /** Forgets what has not begun. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
