package org.shadowmmu.lab.trial;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.TrialFiles;
import org.shadowmmu.lab.store.TrialResult;

/**
 * The result folder of a plan, begun or taken up again: its manifest is there, and it is known which trials are missing.
 * Nobody else writes to it until it is closed.
 */
public final class RunFolder implements Closeable {
    /** How a run starts. */
    public enum Start {
        /** In a folder without results. */
        NEW,
        /** In place of the results that are there. */
        REPLACE,
        /** Going on where a run was interrupted. */
        RESUME,
        /** As {@link #RESUME}, with the failed trials counted as missing. */
        RETRY_FAILED
    }

    private final Plan plan;
    private final ResultFolder folder;
    private final Set<Integer> stored;

    private RunFolder(Plan plan, ResultFolder folder, Set<Integer> stored) {
        this.plan = plan;
        this.folder = folder;
        this.stored = stored;
    }

    /**
     * Begins or takes up a run.
     *
     * @throws BadInputException if what lies in the folder forbids it
     */
    public static RunFolder open(Plan plan, Manifest manifest, Path directory, Start start) {
        ResultFolder folder = switch (start) {
            case NEW -> ResultFolder.create(directory, false);
            case REPLACE -> ResultFolder.create(directory, true);
            case RESUME, RETRY_FAILED -> ResultFolder.resume(directory);
        };
        try {
            return begun(plan, manifest, folder, start);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static RunFolder begun(Plan plan, Manifest manifest, ResultFolder folder, Start start) {
        if (!folder.begun()) {
            folder.write(ResultFolder.MANIFEST, Json.pretty(manifest));
            return new RunFolder(plan, folder, Set.of());
        }
        refuseOther(manifest, folder);
        TrialFiles files = TrialFiles.read(folder);
        for (TrialResult result : files.results().values()) {
            if (result.trial() >= plan.trials().size()
                    || !plan.trials().get(result.trial()).gave(result)) {
                throw new BadInputException("The results in " + folder.directory() + " are of other trials: trial "
                        + result.trial() + " is not the same. Name another folder, or add --force.");
            }
        }
        if (start == Start.RETRY_FAILED) {
            files.drop(result -> !result.ok());
        }
        if (!files.clean()) {
            files.rewrite(folder);
        }
        return new RunFolder(plan, folder, Set.copyOf(files.results().keySet()));
    }

    /** Results of two experiments, or of two versions of a policy, do not belong in one folder. */
    private static void refuseOther(Manifest manifest, ResultFolder folder) {
        String text = folder.read(ResultFolder.MANIFEST);
        if (text.equals(Json.pretty(manifest))) {
            return;
        }
        Map<?, ?> stored = Json.read(text, Map.class);
        Map<?, ?> now = Json.read(Json.text(manifest), Map.class);
        for (Object key : now.keySet()) {
            if (!String.valueOf(now.get(key)).equals(String.valueOf(stored.get(key)))) {
                throw new BadInputException("The results in " + folder.directory()
                        + " cannot be continued: they are of another experiment or version ('" + key
                        + "' in manifest.json differs). Name another folder with --out, or add --force without"
                        + " --resume.");
            }
        }
    }

    /** Where the results lie. */
    public ResultFolder folder() {
        return folder;
    }

    /** Lets others write. */
    @Override
    public void close() {
        folder.close();
    }

    /** The trials of a part that have no result yet, in the order of the plan. */
    public List<Trial> missing(Shard part) {
        return plan.trials().stream()
                .filter(trial -> part.has(trial) && !stored.contains(trial.number()))
                .toList();
    }
}
