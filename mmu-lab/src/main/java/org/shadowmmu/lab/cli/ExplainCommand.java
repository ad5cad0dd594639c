package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.ab.Contender;
import org.shadowmmu.lab.ab.PageHistory;
import org.shadowmmu.lab.ab.QuotaChoice;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain}: why and when one shadow page was zapped, and how soon the guest needed it again. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Follows one shadow page through a replay: made, zapped by which decision, needed again.",
            "Without --gfn it lists the pages that were zapped most often."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu explain web-1g --policy fifo --quota 64",
            "  shadowmmu explain web-1g --policy fifo --quota 64 --gfn 0x1000"
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final int TOP = 10;

    private final LabEnvironment environment;
    private final PolicyHost host;

    @Parameters(
            paramLabel = "STREAM",
            completionCandidates = WorkloadNames.class,
            description = "A recorded stream, by name or as path, or a synthetic one as for 'ab'.")
    private String workload = "";

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            completionCandidates = PolicyNames.class,
            description = "As for 'ab' (default: ${DEFAULT-VALUE}).")
    private String policy = "fifo";

    @Option(names = "--quota", paramLabel = "PAGES", description = "A number or 'default' (default: ${DEFAULT-VALUE}).")
    private String quota = "default";

    @Option(names = "--gfn", paramLabel = "GFN", description = "A guest frame number below the page, such as 0x1000.")
    private @Nullable String gfn;

    @Option(
            names = "--level",
            paramLabel = "N",
            description = "Level of the page: 1 maps 2 MiB in 4 KiB pages (default), 4 is the root.")
    private int level = 1;

    @Option(names = "--lines", paramLabel = "N", description = "Lives to print (default: ${DEFAULT-VALUE}).")
    private int lines = 20;

    @Option(names = "--json", description = "Print JSON instead of sentences, with every life of the page.")
    private boolean json;

    @Mixin
    private PolicyOptions policies;

    @Spec
    private CommandSpec spec;

    /** Whether the clock counts accesses. */
    private boolean synthetic;

    /** Made by the injector. */
    @Inject
    public ExplainCommand(LabEnvironment environment, PolicyHost host) {
        this.environment = environment;
        this.host = host;
    }

    @Override
    public Integer call() {
        if (level < 1 || level > 4) {
            throw new BadInputException("--level must be 1 to 4, not " + level + ".");
        }
        QuotaChoice choice = QuotaChoice.of(quota);
        if (choice.equals(QuotaChoice.BINDING)) {
            throw new BadInputException("'explain' takes a number or 'default' as quota; 'ab' prints what binds.");
        }
        long frame = gfn == null ? 0 : frame(gfn);
        PrintWriter out = spec.commandLine().getOut();
        try (PolicyCatalog catalog =
                policies.load(host, environment, spec.commandLine().getErr())) {
            Contender contender = Naming.policy(catalog, policy);
            Workload named = Naming.workload(environment.streams(), workload);
            if (!(named instanceof AccessStream stream)) {
                throw new BadInputException(
                        "'" + workload + "' is no stream, so 'explain' cannot follow a page of it.");
            }
            synthetic = stream.family() != null;
            if (stream.virtual()) {
                throw Naming.virtual(workload);
            }
            PageHistory history = PageHistory.of(stream, contender, choice.pages(), 1, frame, level);
            if (json) {
                out.print(Json.pretty(answer(history)));
            } else if (gfn == null) {
                most(history, out);
            } else {
                lives(history, out);
            }
        }
        out.flush();
        return 0;
    }

    private Map<String, Object> answer(PageHistory history) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("stream", workload);
        answer.put("policy", policy);
        answer.put("quota", quota);
        if (gfn == null) {
            answer.put("mostZapped", history.mostZapped(TOP));
        } else {
            answer.put("level", level);
            answer.put("gfn", history.gfn());
            answer.put("lives", history.lives());
        }
        return answer;
    }

    private static long frame(String text) {
        try {
            return Math.max(0, Long.decode(text));
        } catch (NumberFormatException e) {
            throw new BadInputException("--gfn must be a frame number such as 0x1000, not '" + text + "'.", e);
        }
    }

    private static void most(PageHistory history, PrintWriter out) {
        List<PageHistory.Zaps> most = history.mostZapped(TOP);
        out.println(most.isEmpty() ? "No shadow page was zapped." : "Zapped most often:");
        for (PageHistory.Zaps page : most) {
            out.printf(Locale.ROOT, "  level %d, gfn 0x%x: %,d times%n", page.level(), page.gfn(), page.zapped());
        }
    }

    private void lives(PageHistory history, PrintWriter out) {
        List<PageHistory.Life> lives = history.lives();
        long reclaimed = count(lives, PageHistory.Cause.RECLAIM);
        long slots = count(lives, PageHistory.Cause.MEMSLOT);
        out.printf(
                Locale.ROOT,
                "The page of level %d at gfn 0x%x was made %,d times; reclaim zapped it %,d times, memslot changes %,d"
                        + " times.%n",
                level,
                history.gfn(),
                lives.size(),
                reclaimed,
                slots);
        for (int i = 0; i < Math.min(lines, lives.size()); i++) {
            out.println("  " + sentence(lives, i));
        }
        if (lives.size() > lines) {
            out.printf(Locale.ROOT, "  … and %,d more lives (--lines).%n", lives.size() - lines);
        }
    }

    private String sentence(List<PageHistory.Life> lives, int index) {
        PageHistory.Life life = lives.get(index);
        StringBuilder text = new StringBuilder("made at instruction " + clock(life.made()));
        if (level == 1) {
            text.append(String.format(Locale.ROOT, ", used %,d times", life.used()));
        }
        if (life.zapped() < 0) {
            return text.append(", lived to the end").toString();
        }
        text.append(", zapped at ").append(clock(life.zapped())).append(" by ");
        text.append(
                switch (life.cause()) {
                    case RECLAIM ->
                        "the order of reclaim of " + policy
                                + String.format(Locale.ROOT, " (%,d pages in use)", life.pages());
                    case MEMSLOT -> "a memslot change";
                    case OTHER -> "the end of its root";
                });
        if (index + 1 < lives.size()) {
            long gap = lives.get(index + 1).made() - life.zapped();
            return text.append(
                            gap == 0
                                    ? synthetic
                                            ? "; needed again in the same turn"
                                            : "; needed again within the same window"
                                    : String.format(
                                            Locale.ROOT,
                                            "; needed again %,d " + (synthetic ? "accesses" : "instructions")
                                                    + " later",
                                            gap))
                    .toString();
        }
        return text.append("; never needed again").toString();
    }

    private static long count(List<PageHistory.Life> lives, PageHistory.Cause cause) {
        return lives.stream()
                .filter(life -> life.zapped() >= 0 && life.cause() == cause)
                .count();
    }

    private String clock(long instruction) {
        return String.format(Locale.ROOT, synthetic ? "access %,d" : "%,d", instruction);
    }
}
