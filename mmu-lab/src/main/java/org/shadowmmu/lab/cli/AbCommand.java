package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.ab.AbPlan;
import org.shadowmmu.lab.ab.AbResult;
import org.shadowmmu.lab.ab.AbRunner;
import org.shadowmmu.lab.ab.Contender;
import org.shadowmmu.lab.ab.QuotaChoice;
import org.shadowmmu.lab.ab.Subject;
import org.shadowmmu.lab.report.AbFigures;
import org.shadowmmu.lab.report.AbReport;
import org.shadowmmu.lab.report.AbText;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.workload.StreamCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ab}: is one policy better than another, by how much, and how sure is that? */
@Command(
        name = "ab",
        mixinStandardHelpOptions = true,
        description = {
            "Compares policies with the first one: better, worse, no detectable difference, or a difference too small to"
                    + " matter, with a 95 %% interval.",
            "A recorded stream is one sample: the trials are stretches of it, the same for every policy. A synthetic"
                    + " workload is run with many seeds, the same for every policy. The report says what the interval"
                    + " therefore means."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu ab fifo lru-moveup --workload web-1g --quota 64",
            "  shadowmmu ab fifo lru-moveup:on=lookup --workload all --quota 64,binding,default",
            "  shadowmmu ab fifo lru-moveup --workload web-1g --quota 64,96,128,192,256,384",
            "  shadowmmu ab fifo lru-moveup --workload zipf:exponent=1.2:memory=256MiB --quota 64"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every policy ran to its end, whatever the verdict",
            "1:a policy failed; the others are compared",
            "2:bad input"
        })
public final class AbCommand implements Callable<Integer> {
    private static final int FEWEST_TRIALS = 6;

    private final LabEnvironment environment;
    private final PolicyHost host;
    private final AbRunner runner;

    @Parameters(
            arity = "2..*",
            paramLabel = "POLICY",
            completionCandidates = PolicyNames.class,
            description = "Two or more policies, each as ID or ID:PARAMETER=VALUE,…; the first is compared with.")
    private List<String> names = List.of();

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            completionCandidates = WorkloadNames.class,
            split = ",",
            required = true,
            description = "Recorded streams, by name or as path of a .gpas.gz file, 'all' for every one; or synthetic"
                    + " workloads as FAMILY or FAMILY:PARAMETER=VALUE:….")
    private List<String> workloads = List.of();

    @Option(
            names = "--quota",
            paramLabel = "PAGES",
            split = ",",
            description =
                    "Shadow pages allowed: a number, 'default', or 'binding' (as many as the first policy uses when"
                            + " it may). Several give a curve. Default: default.")
    private List<String> quotas = List.of("default");

    @Option(
            names = "--trials",
            paramLabel = "N",
            description = "Stretches per stream, seeds per synthetic workload (default: ${DEFAULT-VALUE}).")
    private int trials = 30;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--matters",
            paramLabel = "PERCENT",
            description = "The smallest difference that matters (default: ${DEFAULT-VALUE} %%).")
    private double matters = 1;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description =
                    "How the host translates: direct, tdpmmu or shadow (default: as the workload needs, or direct).")
    private @Nullable String mode;

    @Option(names = "--era", paramLabel = "KERNEL", description = "The simulated kernel (default: ${DEFAULT-VALUE}).")
    private String era = "linux-6.1";

    @Option(names = "--backing", paramLabel = "PAGES", description = "4k or thp (default: ${DEFAULT-VALUE}).")
    private String backing = "4k";

    @Option(names = "--no-bound", negatable = false, description = "Leave out the bound and the order with foresight.")
    private boolean noBound;

    @Option(names = "--json", description = "Print the result as JSON instead of tables.")
    private boolean json;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder for ab.json and report.html (default: results/ab-…).")
    private @Nullable Path out;

    @Mixin
    private FigureOptions figures;

    @Option(names = "--force", description = "Replace results that lie in the folder.")
    private boolean force;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Replay N at a time (default: one per processor). Changes no result.")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    @Mixin
    private PolicyOptions policies;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public AbCommand(LabEnvironment environment, PolicyHost host, AbRunner runner) {
        this.environment = environment;
        this.host = host;
        this.runner = runner;
    }

    @Override
    public Integer call() {
        check();
        PrintWriter err = spec.commandLine().getErr();
        try (PolicyCatalog catalog = policies.load(host, environment, err)) {
            List<Contender> contenders = new ArrayList<>();
            for (String name : new LinkedHashSet<>(names)) {
                contenders.add(Naming.policy(catalog, name));
            }
            if (contenders.size() < 2) {
                throw new BadInputException("Name two different policies; a policy against itself shows nothing.");
            }
            List<QuotaChoice> chosen =
                    new LinkedHashSet<>(quotas).stream().map(QuotaChoice::of).toList();
            AbPlan plan = new AbPlan(contenders, subjects(), chosen, trials, seed, matters / 100, !noBound);
            try (ResultFolder folder =
                    ResultFolder.create(environment.directory().resolve(folder()), force)) {
                return report(runner.run(plan, command(), jobs, progress(plan, err)), folder);
            }
        }
    }

    private void check() {
        figures.check();
        if (jobs < 1) {
            throw new BadInputException("--jobs must be 1 or more, not " + jobs + ".");
        }
        if (trials < FEWEST_TRIALS || trials > 10_000) {
            throw new BadInputException("--trials must be " + FEWEST_TRIALS + " to 10000, not " + trials
                    + "; with fewer no test can find anything.");
        }
        if (!(matters >= 0 && matters < 100)) {
            throw new BadInputException("--matters must be 0 to less than 100 percent, not " + matters + ".");
        }
    }

    private List<Subject> subjects() {
        List<String> names =
                workloads.contains("all") ? environment.streams().names() : List.copyOf(new LinkedHashSet<>(workloads));
        List<Subject> subjects = new ArrayList<>();
        for (String name : names) {
            subjects.add(Naming.subject(environment, name, mode, era, backing));
        }
        return subjects;
    }

    private Runnable progress(AbPlan plan, PrintWriter err) {
        AtomicInteger done = new AtomicInteger();
        long start = System.nanoTime();
        return () -> {
            int now = done.incrementAndGet();
            if (quiet) {
                return;
            }
            synchronized (err) {
                double seconds = (System.nanoTime() - start) / 1e9;
                String line = String.format(
                        java.util.Locale.ROOT,
                        "[%d/%d] replays, about %.0f s left",
                        now,
                        plan.replays(),
                        seconds / now * Math.max(0, plan.replays() - now));
                err.print(environment.terminal() ? "\r" + line + (now >= plan.replays() ? "\n" : "  ") : line + "\n");
                err.flush();
            }
        };
    }

    private int report(AbResult result, ResultFolder folder) {
        folder.write(ResultFolder.COMPARISON, Json.pretty(result));
        folder.write(ResultFolder.REPORT, AbReport.of(result));
        figures.write(environment, AbFigures.of(result));
        PrintWriter terminal = spec.commandLine().getOut();
        if (json) {
            terminal.print(Json.pretty(result));
        } else {
            terminal.print(AbText.of(result));
            terminal.println("Report: " + folder.file(ResultFolder.REPORT));
        }
        terminal.flush();
        return result.failed() ? 1 : 0;
    }

    private Path folder() {
        if (out != null) {
            return out;
        }
        String name =
                "ab-" + String.join("-", names) + "-" + String.join("-", workloads) + "-" + String.join("-", quotas);
        return Path.of("results", name.replace(StreamCatalog.ENDING, "").replaceAll("[^A-Za-z0-9.-]+", "-"));
    }

    /** The command without what cannot change results. */
    private String command() {
        List<String> words = new ArrayList<>(List.of("shadowmmu", "ab"));
        words.addAll(names);
        List<String> portable = workloads.stream()
                .map(name -> Path.of(name).isAbsolute()
                        ? String.valueOf(Path.of(name).getFileName())
                        : name)
                .toList();
        words.addAll(List.of("--workload", String.join(",", portable), "--quota", String.join(",", quotas)));
        words.addAll(List.of("--trials", Integer.toString(trials)));
        if (mode != null) {
            words.addAll(List.of("--mode", mode));
        }
        if (!era.equals("linux-6.1")) {
            words.addAll(List.of("--era", era));
        }
        if (!backing.equals("4k")) {
            words.addAll(List.of("--backing", backing));
        }
        if (seed != 1) {
            words.addAll(List.of("--seed", Long.toString(seed)));
        }
        if (matters != 1) {
            words.addAll(List.of("--matters", Double.toString(matters)));
        }
        if (noBound) {
            words.add("--no-bound");
        }
        for (Path path : policies.paths()) {
            words.add("--policies");
            words.add(path.isAbsolute() ? String.valueOf(path.getFileName()) : path.toString());
        }
        return String.join(" ", words);
    }
}
