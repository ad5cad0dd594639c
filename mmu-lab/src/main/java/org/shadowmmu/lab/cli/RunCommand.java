package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.engine.policy.CallLimit;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.ExperimentFile;
import org.shadowmmu.lab.experiment.Overrides;
import org.shadowmmu.lab.trial.ExperimentRun;
import org.shadowmmu.lab.trial.ManifestWriter;
import org.shadowmmu.lab.trial.Plan;
import org.shadowmmu.lab.trial.Planner;
import org.shadowmmu.lab.trial.RunFolder;
import org.shadowmmu.lab.trial.RunListener;
import org.shadowmmu.lab.trial.RunOptions;
import org.shadowmmu.lab.trial.Shard;
import org.shadowmmu.lab.trial.Trial;
import org.shadowmmu.lab.trial.TrialRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run}: carries out an experiment and reports what came out. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs an experiment: every policy on every workload at every quota, in parallel, and compares them.",
            "The results go to a folder: trials.jsonl and series.jsonl, manifest.json with everything that determines them,"
                    + " volatile.json with what does not, and report.html for people."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu run experiments/quickstart.yaml",
            "  shadowmmu run experiments/quickstart.yaml --set quotas=[64,200] --set workloads=[web-1g]",
            "  shadowmmu run experiments/quickstart.yaml --resume     # go on after an interruption",
            "  shadowmmu run experiments/quickstart.yaml --shard 1/4  # one of four parts, then 'merge'"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every trial ran to its end", "1:a trial failed; the others are complete", "2:bad input"})
public final class RunCommand implements Callable<Integer> {
    private final LabEnvironment environment;
    private final PolicyHost host;
    private final TrialRunner runner;

    @Parameters(paramLabel = "FILE", description = "The experiment file, for instance experiments/quickstart.yaml.")
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder for the results (default: results/NAME, with the name of the experiment).")
    private @Nullable Path out;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Run N trials at a time (default: one per processor). Changes no result.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--call-limit",
            paramLabel = "SECONDS",
            description = "Give a trial up when one call of a policy takes this long (default: ${DEFAULT-VALUE}).")
    private int callLimit = 10;

    @Option(
            names = "--check-repeat",
            description = "Run every trial twice; a policy that does not answer the same both times fails.")
    private boolean checkRepeat;

    @Option(
            names = "--suite",
            paramLabel = "NAME",
            description = "Run this suite of the file; its results are called EXPERIMENT-NAME.")
    private @Nullable String suite;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Set a key of the file, for instance backing=thp, quotas=[64,200] or"
                    + " policies.lru-moveup.parameters.on=mapping. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--shard",
            paramLabel = "K/N",
            description =
                    "Run only the Kth of N parts; 'merge' makes the whole of them, the same as if it had run at once.")
    private @Nullable String shard;

    @Option(
            names = "--resume",
            description = "Go on with a run that was interrupted: what is stored stays, the rest is run.")
    private boolean resume;

    @Option(names = "--retry-failed", description = "As --resume, but trials that failed are run again.")
    private boolean retryFailed;

    @Option(
            names = "--audit",
            description = "Check every invariant of the machines as they run; slow. Changes no result.")
    private boolean audit;

    @Option(names = "--json", description = "Print one JSON line per trial instead of tables.")
    private boolean json;

    @Option(names = "--force", description = "Replace results that lie in the folder.")
    private boolean force;

    @Option(names = "--quiet", description = "No progress; only the tables, and what goes wrong.")
    private boolean quiet;

    @Mixin
    private PolicyOptions policies;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public RunCommand(LabEnvironment environment, PolicyHost host, TrialRunner runner) {
        this.environment = environment;
        this.host = host;
        this.runner = runner;
    }

    @Override
    public Integer call() {
        if (jobs < 1) {
            throw new BadInputException("--jobs must be 1 or more, not " + jobs + ".");
        }
        if (callLimit < 1) {
            throw new BadInputException("--call-limit must be 1 or more, not " + callLimit + ".");
        }
        if (force && (resume || retryFailed)) {
            throw new BadInputException("--force starts anew and --resume goes on; give one of them.");
        }
        PrintWriter err = spec.commandLine().getErr();
        Shard part = shard == null ? Shard.WHOLE : Shard.of(shard);
        ExperimentFile experiment = ExperimentFile.read(
                environment.directory().resolve(file), new Overrides(suite, settings, environment.directory()));
        try (PolicyCatalog catalog = policies.load(host, environment, err)) {
            Planner planner = new Planner(
                    (id, settings) -> catalog.find(id).choose(settings),
                    environment.streams(),
                    environment.recordings());
            return run(planner.plan(experiment), part, err);
        }
    }

    private int run(Plan plan, Shard part, PrintWriter err) {
        try (RunFolder run = RunFolder.open(plan, ManifestWriter.of(plan, command()), outFolder(plan, part), start())) {
            runMissing(run, plan, part, err);
            return new Ending(run.folder(), json).report(spec.commandLine().getOut());
        }
    }

    private void runMissing(RunFolder run, Plan plan, Shard part, PrintWriter err) {
        List<Trial> trials = run.missing(part);
        boolean audited = audit || Boolean.TRUE.equals(plan.experiment().audit());
        try (Progress progress = environment.terminal() && !quiet
                ? Progress.bar(trials, plan.trials().size(), err)
                : Progress.lines(trials, plan.trials().size(), err)) {
            RunListener listener = quiet ? outcome -> {} : progress;
            new ExperimentRun(runner, environment.clock())
                    .run(
                            trials,
                            run.folder(),
                            new RunOptions(jobs, CallLimit.of(Duration.ofSeconds(callLimit)), checkRepeat, audited),
                            spec.commandLine().getParseResult().originalArgs(),
                            listener);
        }
    }

    private RunFolder.Start start() {
        if (retryFailed) {
            return RunFolder.Start.RETRY_FAILED;
        }
        return resume ? RunFolder.Start.RESUME : force ? RunFolder.Start.REPLACE : RunFolder.Start.NEW;
    }

    private Path outFolder(Plan plan, Shard part) {
        Path folder = out == null ? Path.of("results", plan.experiment().name() + part.suffix()) : out;
        return environment.directory().resolve(folder);
    }

    /** The command without what cannot change results, and without folders of this machine. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("shadowmmu", "run", portable(file)));
        if (suite != null) {
            words.addAll(List.of("--suite", suite));
        }
        for (String setting : settings) {
            words.addAll(List.of("--set", setting.matches("[A-Za-z0-9_.,:/=+-]*") ? setting : "'" + setting + "'"));
        }
        for (Path path : policies.paths()) {
            words.add("--policies");
            words.add(portable(path));
        }
        return String.join(" ", words);
    }

    private static String portable(Path path) {
        return path.isAbsolute() ? String.valueOf(path.getFileName()) : path.toString();
    }
}
