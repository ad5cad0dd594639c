package org.shadowmmu.lab.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Compares many recordings on several threads and reports in file order, so that what is reported does not depend on the
 * number of threads.
 */
public final class VerifyRun {
    private final RecordingVerifier verifier;
    private final int jobs;
    private final boolean failFast;

    /**
     * Makes a run.
     *
     * @param verifier compares one recording
     * @param jobs number of threads, at least 1
     * @param failFast whether to stop after the first recording, in file order, that is not equal
     */
    public VerifyRun(RecordingVerifier verifier, int jobs, boolean failFast) {
        this.verifier = verifier;
        this.jobs = jobs;
        this.failFast = failFast;
    }

    /** Compares the recordings; an interrupt of the calling thread ends the run early. */
    public VerifyTotals run(List<RecordingFile> files, VerifyReport report) throws InterruptedException {
        VerifyTotals totals = new VerifyTotals();
        ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, Math.min(jobs, files.size())), task -> {
            Thread thread = new Thread(task, "verify");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<Verification>> results = new ArrayList<>();
            for (RecordingFile file : files) {
                results.add(threads.submit(() -> verifier.verify(file.path(), file.name())));
            }
            for (Future<Verification> result : results) {
                Verification verification = get(result);
                totals.add(verification);
                report.add(verification);
                if (failFast && !verification.clean()) {
                    break;
                }
            }
        } finally {
            threads.shutdownNow();
        }
        report.end(totals);
        return totals;
    }

    private static Verification get(Future<Verification> result) throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a comparison ended in an unforeseen way", e.getCause());
        }
    }
}
