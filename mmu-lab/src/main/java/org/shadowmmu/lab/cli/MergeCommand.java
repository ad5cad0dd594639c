package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.TrialFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merge}: makes one run of the shards of an experiment. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = {"Puts the results of all shards of an experiment together, the same as if it had run at once."},
        footerHeading = "%nExample:%n",
        footer = "  shadowmmu merge results/sweep-1-of-2 results/sweep-2-of-2 --out results/sweep",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every trial ran to its end", "1:a trial failed; the others are complete", "2:bad input"})
public final class MergeCommand implements Callable<Integer> {
    private static final int NAMED = 5;

    private final LabEnvironment environment;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "The result folders of the shards.")
    private List<Path> directories = new ArrayList<>();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder for the whole.")
    private Path out;

    @Option(names = "--force", description = "Replace results that lie in the folder.")
    private boolean force;

    @Option(names = "--json", description = "Print one JSON line per trial instead of tables.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public MergeCommand(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        List<ResultFolder> shards = directories.stream()
                .map(path -> ResultFolder.open(environment.directory().resolve(path)))
                .toList();
        String manifest = shards.get(0).read(ResultFolder.MANIFEST);
        TrialFiles all = TrialFiles.empty();
        for (ResultFolder shard : shards) {
            if (!shard.read(ResultFolder.MANIFEST).equals(manifest)) {
                throw new BadInputException(shard.directory() + " is of another experiment or version than "
                        + shards.get(0).directory() + ": their manifest.json differ.");
            }
            all.addAll(TrialFiles.read(shard), shard.directory());
        }
        refuseIncomplete(all, Json.read(manifest, Manifest.class).trials());
        try (ResultFolder whole = ResultFolder.create(environment.directory().resolve(out), force)) {
            whole.write(ResultFolder.MANIFEST, manifest);
            all.rewrite(whole);
            return new Ending(whole, json).report(spec.commandLine().getOut());
        }
    }

    private static void refuseIncomplete(TrialFiles all, int trials) {
        List<Integer> missing = IntStream.range(0, trials)
                .filter(trial -> !all.results().containsKey(trial))
                .boxed()
                .toList();
        if (!missing.isEmpty()) {
            String first = missing.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "));
            throw new BadInputException("There are no results of " + missing.size() + " of " + trials + " trials ("
                    + first + (missing.size() > NAMED ? ", …" : "")
                    + "): name the folders of all shards, and complete each of them with 'run --shard K/N --resume'.");
        }
    }
}
