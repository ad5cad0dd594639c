package org.shadowmmu.lab.store;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.workload.TimeSeries;
import tools.jackson.core.JacksonException;

/**
 * The results of a run as they lie in a result folder.
 *
 * @param manifest what was run
 * @param trials the finished trials in the order of the plan
 * @param series time series by trial
 */
public record StoredRun(Manifest manifest, List<TrialResult> trials, Map<Integer, TimeSeries> series) {
    /** Reads a result folder. */
    public static StoredRun read(ResultFolder folder) {
        String reading = ResultFolder.MANIFEST;
        try {
            String text = Files.readString(folder.file(reading));
            refuseOtherFormat(folder, Json.read(text, Map.class).get("format"));
            Manifest manifest = Json.read(text, Manifest.class);
            reading = ResultFolder.TRIALS;
            List<TrialResult> trials = Files.readAllLines(folder.file(reading)).stream()
                    .map(line -> Json.read(line, TrialResult.class))
                    .toList();
            reading = ResultFolder.SERIES;
            Map<Integer, TimeSeries> series = new TreeMap<>();
            for (String line : Files.readAllLines(folder.file(reading))) {
                TrialSeries one = Json.read(line, TrialSeries.class);
                series.put(one.trial(), one.series());
            }
            return new StoredRun(manifest, trials, series);
        } catch (IOException | JacksonException e) {
            throw new BadInputException(
                    "The results in " + folder.directory() + " cannot be read: " + reading + " is missing or damaged.",
                    e);
        }
    }

    private static void refuseOtherFormat(ResultFolder folder, @Nullable Object format) {
        if (!(format instanceof String text && Manifest.READABLE.contains(text))) {
            throw new BadInputException("The results in " + folder.directory() + " have the format '" + format
                    + "'; this version reads " + String.join(" and ", Manifest.READABLE) + ".");
        }
    }

    /** The time series of a trial; null if it failed. */
    public @Nullable TimeSeries seriesOf(TrialResult trial) {
        return series.get(trial.trial());
    }
}
