package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.report.ReproduceReport;
import org.shadowmmu.lab.reproduce.Bench;
import org.shadowmmu.lab.reproduce.Measured;
import org.shadowmmu.lab.reproduce.Pending;
import org.shadowmmu.lab.reproduce.ResultsPage;
import org.shadowmmu.lab.reproduce.Sensitivity;
import org.shadowmmu.lab.reproduce.Stories;
import org.shadowmmu.lab.reproduce.Story;
import org.shadowmmu.lab.reproduce.Workers;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.time.ChangedCost;
import org.shadowmmu.lab.time.CostFile;
import org.shadowmmu.lab.time.CostModel;
import org.shadowmmu.lab.trial.PolicySource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code reproduce}: holds the simulator against the published results. */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the claims of five published stories and prints, for each, what was published, what is simulated,"
                    + " the tolerance and the verdict.",
            "Without a story, all of them. A claim that is not reproduced is a result, not a failure."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu reproduce --quick",
            "  shadowmmu reproduce S1 S3",
            "  shadowmmu reproduce --page results.md",
            "  shadowmmu reproduce --print-costs > costs.yaml",
            "  shadowmmu reproduce S1 S4 --costs costs.yaml"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every claim was measured", "2:bad input"})
public final class ReproduceCommand implements Callable<Integer> {
    private final LabEnvironment environment;
    private final PolicyHost host;

    @Parameters(
            arity = "0..*",
            paramLabel = "STORY",
            completionCandidates = StoryNames.class,
            description = "S1 to S5.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "Scaled down where a story is large; says so beside each figure.")
    private boolean quick;

    @Option(names = "--page", paramLabel = "FILE", description = "Also write the table as a Markdown page.")
    private @Nullable Path page;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description =
                    "Run N measurements at a time (default: one per processor, as far as there are 2 GiB of heap for"
                            + " each). Changes no result.")
    private int jobs = Workers.fitting(
            Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory());

    @Option(
            names = "--json",
            description = "Print one JSON line per story, and one with the sensitivity table, instead of text.")
    private boolean json;

    @Option(
            names = "--costs",
            paramLabel = "FILE",
            description =
                    "Price simulated time with the costs of this YAML file; those it does not name keep their price.")
    private @Nullable Path costFile;

    @Option(
            names = "--print-costs",
            description = "Print the built-in file of costs, to start one's own from, and end.")
    private boolean printCosts;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Also write everything with plots as one HTML page that needs nothing else.")
    private @Nullable Path report;

    @Mixin
    private PolicyOptions policies;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public ReproduceCommand(LabEnvironment environment, PolicyHost host) {
        this.environment = environment;
        this.host = host;
    }

    @Override
    public Integer call() {
        if (jobs < 1) {
            throw new BadInputException("--jobs must be 1 or more, not " + jobs + ".");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (printCosts) {
            out.print(CostFile.builtIn());
            out.flush();
            return 0;
        }
        CostModel costs = costFile == null
                ? CostModel.standard()
                : CostFile.read(environment.directory().resolve(costFile));
        try (PolicyCatalog catalog =
                policies.load(host, environment, spec.commandLine().getErr())) {
            List<Story> stories = chosen(Stories.all(environment.streams()));
            stories.forEach(this::requireStreams);
            try (Workers workers = new Workers(jobs)) {
                PolicySource jars = (id, settings) -> catalog.find(id).choose(settings);
                List<Measured> measured = measure(stories, jars, costs, workers, out);
                report(measured, costs, workers, out);
            }
        }
        return 0;
    }

    /** Measures all stories at once, and prints what came out in their order. */
    private List<Measured> measure(
            List<Story> stories, PolicySource jars, CostModel costs, Workers workers, PrintWriter out) {
        long start = System.nanoTime();
        Ended ended = new Ended(spec.commandLine().getErr(), stories.size(), jobs, start);
        if (!json && !costs.changed().isEmpty()) {
            out.println(ChangedCost.sentence(costs.changed()) + System.lineSeparator());
        }
        List<Bench> benches = new ArrayList<>();
        List<Pending<Measured>> begun = new ArrayList<>();
        for (Story story : stories) {
            Bench bench = new Bench(jars, costs, workers, () -> ended.story(story));
            benches.add(bench);
            begun.add(Measured.begin(story, bench, quick));
        }
        List<Measured> measured = new ArrayList<>();
        for (Pending<Measured> story : begun) {
            Measured result = story.get();
            if (json) {
                out.println(Json.text(result));
            } else {
                double busy = benches.get(measured.size()).busySeconds();
                out.print(result.text());
                out.printf(
                        Locale.ROOT,
                        "simulated time of the MMUs: %.1f s, %.1f times the %.1f s that measuring it kept a core busy%n%n",
                        result.simulatedSeconds(),
                        result.simulatedSeconds() / busy,
                        busy);
            }
            out.flush();
            measured.add(result);
        }
        if (!json) {
            double wall = (System.nanoTime() - start) / 1e9;
            double busy = benches.stream().mapToDouble(Bench::busySeconds).sum();
            double simulated =
                    measured.stream().mapToDouble(Measured::simulatedSeconds).sum();
            out.printf(
                    Locale.ROOT,
                    "in all: wall clock %.1f s with %s; simulated time of the MMUs: %.1f s, %.1f times as much, %.1f times"
                            + " per busy core (%.1f s)%n%n",
                    wall,
                    Ended.jobs(jobs),
                    simulated,
                    simulated / wall,
                    simulated / busy,
                    busy);
            out.flush();
        }
        return measured;
    }

    private void report(List<Measured> measured, CostModel costs, Workers workers, PrintWriter out) {
        Sensitivity sensitivity = Sensitivity.of(measured, costs, workers);
        if (json) {
            out.println(Json.text(sensitivity.json()));
            out.flush();
        } else if (!sensitivity.claims().isEmpty()) {
            out.print(sensitivity.text());
            out.flush();
        }
        if (page != null) {
            write(environment.directory().resolve(page), ResultsPage.of(measured, sensitivity, costs, quick));
        }
        if (report != null) {
            write(environment.directory().resolve(report), ReproduceReport.of(measured, sensitivity, costs, quick));
        }
    }

    /** Says which story is done, whichever comes first. */
    private static final class Ended {
        private final PrintWriter err;
        private final int stories;
        private final long start;
        private int ended;

        Ended(PrintWriter err, int stories, int jobs, long start) {
            this.err = err;
            this.stories = stories;
            this.start = start;
            err.println((stories == 1 ? "1 story, " : stories + " stories, ") + jobs(jobs));
            err.flush();
        }

        static String jobs(int jobs) {
            return jobs == 1 ? "1 job" : jobs + " jobs";
        }

        synchronized void story(Story story) {
            ended++;
            err.println(String.format(
                    Locale.ROOT,
                    "[%d/%d] %s: %s (after %.1f s)",
                    ended,
                    stories,
                    story.id(),
                    story.title(),
                    (System.nanoTime() - start) / 1e9));
            err.flush();
        }
    }

    private List<Story> chosen(List<Story> all) {
        if (names.isEmpty()) {
            return all;
        }
        List<Story> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(all.stream()
                    .filter(story -> story.id().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new BadInputException("There is no story " + name + "; there are "
                            + String.join(", ", all.stream().map(Story::id).toList()) + ".")));
        }
        return chosen;
    }

    private void requireStreams(Story story) {
        for (String stream : story.streams()) {
            if (environment.streams().find(stream) == null) {
                throw new BadInputException("Story " + story.id() + " needs the recorded stream " + stream
                        + ", which is not in data/streams here or above: run the command inside the project.");
            }
        }
    }

    /** The stories, for completion. */
    static final class StoryNames extends ArrayList<String> {
        StoryNames() {
            super(List.of("S1", "S2", "S3", "S4", "S5"));
        }
    }

    private static void write(Path file, String text) {
        Path whole = file.toAbsolutePath();
        Path folder = whole.getParent();
        ResultFolder.writeAll(
                folder == null ? whole : folder,
                Map.of(String.valueOf(whole.getFileName()), text.getBytes(StandardCharsets.UTF_8)));
    }
}
