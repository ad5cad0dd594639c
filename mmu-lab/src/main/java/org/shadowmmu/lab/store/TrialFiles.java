package org.shadowmmu.lab.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.shadowmmu.lab.BadInputException;
import tools.jackson.core.JacksonException;

/**
 * The lines of the two files that grow, by trial, as they were found on disk. Whatever an end at any moment can have left is
 * put right: a torn last line, a series without its trial, a trial without its series.
 */
public final class TrialFiles {
    private final SortedMap<Integer, TrialResult> results = new TreeMap<>();
    private final SortedMap<Integer, String> trials = new TreeMap<>();
    private final SortedMap<Integer, String> series = new TreeMap<>();
    private boolean clean = true;

    private TrialFiles() {}

    /** Nothing yet. */
    public static TrialFiles empty() {
        return new TrialFiles();
    }

    /**
     * Reads the files of a folder; one that is not there has no lines.
     *
     * @throws BadInputException if a line is damaged that no interruption can have damaged
     */
    public static TrialFiles read(ResultFolder folder) {
        TrialFiles files = new TrialFiles();
        files.readLines(folder.file(ResultFolder.SERIES), line -> {
            TrialSeries one = Json.read(line, TrialSeries.class);
            files.note(files.series.put(one.trial(), line) == null);
        });
        files.readLines(folder.file(ResultFolder.TRIALS), line -> {
            TrialResult one = Json.read(line, TrialResult.class);
            files.note(files.trials.isEmpty() || files.trials.lastKey() < one.trial());
            files.results.put(one.trial(), one);
            files.trials.put(one.trial(), line);
        });
        files.drop(result -> result.ok() && !files.series.containsKey(result.trial()));
        return files;
    }

    private void note(boolean asExpected) {
        clean &= asExpected;
    }

    /** What reads a line. */
    @FunctionalInterface
    private interface LineReader {
        void read(String line);
    }

    private void readLines(Path file, LineReader reader) {
        if (!Files.exists(file)) {
            return;
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new BadInputException("The results in " + file + " cannot be read: " + e + ".", e);
        }
        int number = 0;
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            number++;
            if (end < 0) {
                clean = false;
                return;
            }
            try {
                reader.read(text.substring(at, end));
            } catch (JacksonException e) {
                if (end < text.length() - 1) {
                    throw new BadInputException(
                            file + ", line " + number + " is damaged; no interruption does that.", e);
                }
                clean = false;
            }
            at = end + 1;
        }
    }

    /** The results, by trial. */
    public Map<Integer, TrialResult> results() {
        return results;
    }

    /** Whether the files are already as {@link #rewrite} would make them. */
    public boolean clean() {
        return clean && series.keySet().equals(okTrials().keySet());
    }

    /** Leaves out the trials of which this holds. */
    public void drop(Predicate<TrialResult> which) {
        List<Integer> out =
                results.values().stream().filter(which).map(TrialResult::trial).toList();
        if (!out.isEmpty()) {
            clean = false;
            results.keySet().removeAll(out);
            trials.keySet().removeAll(out);
        }
    }

    /**
     * Takes over the trials of other files.
     *
     * @throws BadInputException if a trial is in both and not the same
     */
    public void addAll(TrialFiles others, Path from) {
        others.trials.forEach((trial, line) -> {
            String own = trials.putIfAbsent(trial, line);
            if (own != null && !own.equals(line)) {
                throw new BadInputException("Trial " + trial + " in " + from + " has another result than before.");
            }
        });
        results.putAll(others.results);
        series.putAll(others.series);
        clean = false;
    }

    /** Writes both files whole, in the order of the plan. */
    public void rewrite(ResultFolder folder) {
        SortedMap<Integer, String> kept = new TreeMap<>(series);
        kept.keySet().retainAll(okTrials().keySet());
        folder.write(ResultFolder.SERIES, lines(kept));
        folder.write(ResultFolder.TRIALS, lines(trials));
    }

    private SortedMap<Integer, TrialResult> okTrials() {
        SortedMap<Integer, TrialResult> ok = new TreeMap<>(results);
        ok.values().removeIf(result -> !result.ok());
        return ok;
    }

    private static String lines(SortedMap<Integer, String> lines) {
        StringBuilder text = new StringBuilder();
        lines.values().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
