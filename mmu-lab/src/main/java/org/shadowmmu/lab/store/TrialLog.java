package org.shadowmmu.lab.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * The files of a run that grow: trials are appended in the order of the plan and forced to disk one by one. The line in
 * {@code trials.jsonl} comes last, so a trial that has one is complete.
 */
public final class TrialLog implements Closeable {
    private final FileChannel trials;
    private final FileChannel series;

    /** Opens the files of a folder for appending. */
    public TrialLog(ResultFolder folder) {
        try {
            series = open(folder.file(ResultFolder.SERIES));
            trials = open(folder.file(ResultFolder.TRIALS));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder.directory(), e);
        }
    }

    /** Appends a trial; returns when it is on disk. */
    public void append(TrialResult result, @Nullable TimeSeries course) {
        try {
            if (course != null) {
                ResultFolder.writeFully(series, Json.line(new TrialSeries(result.trial(), course)));
                series.force(false);
            }
            ResultFolder.writeFully(trials, Json.line(result));
            trials.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot append trial " + result.trial(), e);
        }
    }

    @Override
    public void close() {
        try {
            trials.close();
            series.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the result files", e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
