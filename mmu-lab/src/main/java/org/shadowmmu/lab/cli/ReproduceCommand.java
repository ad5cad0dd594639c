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
import org.shadowmmu.lab.reproduce.Machines;
import org.shadowmmu.lab.reproduce.Measured;
import org.shadowmmu.lab.reproduce.ResultsPage;
import org.shadowmmu.lab.reproduce.Sensitivity;
import org.shadowmmu.lab.reproduce.Stories;
import org.shadowmmu.lab.reproduce.Story;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
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
            "  shadowmmu reproduce --page results.md"
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

    @Option(names = "--json", description = "Print one JSON line per story instead of text.")
    private boolean json;

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
        PrintWriter out = spec.commandLine().getOut();
        try (PolicyCatalog catalog =
                policies.load(host, environment, spec.commandLine().getErr())) {
            Machines machines = new Machines((id, settings) -> catalog.find(id).choose(settings));
            List<Measured> measured = new ArrayList<>();
            double walls = 0;
            PrintWriter err = spec.commandLine().getErr();
            List<Story> stories = chosen(Stories.all(machines, environment.streams()));
            stories.forEach(this::requireStreams);
            for (Story story : stories) {
                err.println(
                        "[" + (measured.size() + 1) + "/" + stories.size() + "] " + story.id() + ": " + story.title());
                err.flush();
                long start = System.nanoTime();
                Measured result = Measured.of(story, quick);
                double wall = (System.nanoTime() - start) / 1e9;
                if (json) {
                    out.println(Json.text(result));
                } else {
                    out.print(result.text());
                    out.printf(
                            Locale.ROOT,
                            "wall clock: %.1f s; simulated time of the MMUs: %.1f s, %.1f times as much%n%n",
                            wall,
                            result.simulatedSeconds(),
                            result.simulatedSeconds() / wall);
                }
                out.flush();
                measured.add(result);
                walls += wall;
            }
            if (!json && measured.size() > 1) {
                double simulated = measured.stream()
                        .mapToDouble(Measured::simulatedSeconds)
                        .sum();
                out.printf(
                        Locale.ROOT,
                        "all stories: wall clock %.1f s; simulated time of the MMUs: %.1f s, %.1f times as much%n%n",
                        walls,
                        simulated,
                        simulated / walls);
                out.flush();
            }
            if (json && page == null && report == null) {
                return 0;
            }
            Sensitivity sensitivity = Sensitivity.of(measured);
            if (!json && !sensitivity.claims().isEmpty()) {
                out.print(sensitivity.text());
                out.flush();
            }
            if (page != null) {
                write(environment.directory().resolve(page), ResultsPage.of(measured, sensitivity, quick));
            }
            if (report != null) {
                write(environment.directory().resolve(report), ReproduceReport.of(measured, quick));
            }
        }
        return 0;
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
