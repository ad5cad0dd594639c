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
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.ExperimentFile;
import org.shadowmmu.lab.report.HtmlReport;
import org.shadowmmu.lab.report.TerminalTable;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.trial.CallLimit;
import org.shadowmmu.lab.trial.ExperimentRun;
import org.shadowmmu.lab.trial.ManifestWriter;
import org.shadowmmu.lab.trial.Plan;
import org.shadowmmu.lab.trial.Planner;
import org.shadowmmu.lab.trial.RunListener;
import org.shadowmmu.lab.trial.RunOptions;
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
        PrintWriter err = spec.commandLine().getErr();
        Path path = environment.directory().resolve(file);
        ExperimentFile experiment = ExperimentFile.read(path);
        try (PolicyCatalog catalog = policies.load(host, environment, err)) {
            Planner planner = new Planner(
                    (id, settings) -> catalog.find(id).choose(settings),
                    environment.streams().startingAt(folderOf(path)));
            return run(planner.plan(experiment), err);
        }
    }

    private int run(Plan plan, PrintWriter err) {
        Manifest manifest = ManifestWriter.of(plan, command());
        ResultFolder folder = ResultFolder.create(outFolder(plan), force);
        int failed;
        try (Progress progress =
                environment.terminal() && !quiet ? Progress.bar(plan, err) : Progress.lines(plan, err)) {
            RunListener listener = quiet ? outcome -> {} : progress;
            failed = new ExperimentRun(runner, environment.clock())
                    .run(
                            plan,
                            manifest,
                            folder,
                            new RunOptions(jobs, CallLimit.of(Duration.ofSeconds(callLimit)), checkRepeat),
                            spec.commandLine().getParseResult().originalArgs(),
                            listener);
        }
        StoredRun stored = StoredRun.read(folder);
        folder.write(ResultFolder.REPORT, HtmlReport.of(stored));
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.print(TerminalTable.of(stored));
        terminal.println("Report: " + folder.file(ResultFolder.REPORT));
        terminal.flush();
        return failed == 0 ? 0 : 1;
    }

    private Path outFolder(Plan plan) {
        Path folder = out == null ? Path.of("results", plan.experiment().name()) : out;
        return environment.directory().resolve(folder);
    }

    /** The command without what cannot change results, and without folders of this machine. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("shadowmmu", "run", portable(file)));
        for (Path path : policies.paths()) {
            words.add("--policies");
            words.add(portable(path));
        }
        return String.join(" ", words);
    }

    private static String portable(Path path) {
        return path.isAbsolute() ? String.valueOf(path.getFileName()) : path.toString();
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? Path.of("") : folder;
    }
}
