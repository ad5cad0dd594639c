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
import org.shadowmmu.lab.ab.Subject;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.trial.AccessStream;
import org.shadowmmu.lab.trial.MachineFactory;
import org.shadowmmu.lab.trial.MachineSource;
import org.shadowmmu.lab.trial.ShadowMachineFactory;
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
            "  shadowmmu explain web-1g --policy fifo --quota 64 --gfn 0x1000",
            "  shadowmmu explain processes:programs=10 --quota 64",
            "  shadowmmu explain linux-6.1/small/direct-long-mixed-s1"
        })
public final class ExplainCommand implements Callable<Integer> {
    private static final int TOP = 10;

    private final LabEnvironment environment;
    private final PolicyHost host;
    private final MachineSource machines;

    @Parameters(
            paramLabel = "WORKLOAD",
            completionCandidates = WorkloadNames.class,
            description =
                    "A recorded stream or scenario, by name or as path, or a synthetic workload written as for 'ab'.")
    private String workload = "";

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            completionCandidates = PolicyNames.class,
            description = "As for 'ab' (default: ${DEFAULT-VALUE}).")
    private String policy = "fifo";

    @Option(names = "--quota", paramLabel = "PAGES", description = "A number or 'default' (default: ${DEFAULT-VALUE}).")
    private String quota = "default";

    @Option(
            names = "--gfn",
            paramLabel = "GFN",
            description = {
                "A guest frame number below the page, such as 0x1000.",
                "Under shadow paging and of nested guests: the frame of the guest's table that the page shadows."
            })
    private @Nullable String gfn;

    @Option(
            names = "--level",
            paramLabel = "N",
            description = "Level of the page: 1 maps 2 MiB in 4 KiB pages (default), 4 or 5 is the root.")
    private int level = 1;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description =
                    "How the host translates: direct, tdpmmu or shadow (default: as the workload needs, or direct).")
    private @Nullable String mode;

    @Option(
            names = "--era",
            paramLabel = "KERNEL",
            description = "The simulated kernel (default: as recorded, or linux-6.1).")
    private @Nullable String era;

    @Option(names = "--backing", paramLabel = "PAGES", description = "4k or thp (default: as recorded, or 4k).")
    private @Nullable String backing;

    @Option(names = "--lines", paramLabel = "N", description = "Lives to print (default: ${DEFAULT-VALUE}).")
    private int lines = 20;

    @Option(names = "--json", description = "Print JSON instead of sentences, with every life of the page.")
    private boolean json;

    @Mixin
    private PolicyOptions policies;

    @Spec
    private CommandSpec spec;

    private Manifest.Kind kind = Manifest.Kind.STREAM;
    private boolean counted;

    /** Made by the injector. */
    @Inject
    public ExplainCommand(
            LabEnvironment environment, PolicyHost host, MachineFactory machines, ShadowMachineFactory shadowMachines) {
        this.environment = environment;
        this.host = host;
        this.machines = new MachineSource(machines, shadowMachines);
    }

    @Override
    public Integer call() {
        if (level < 1 || level > 5) {
            throw new BadInputException("--level must be 1 to 5, not " + level + ".");
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
            Subject subject = Naming.placed(environment, workload, mode, era, backing);
            kind = subject.workload().facts().kind();
            counted = level == 1 && subject.workload() instanceof AccessStream stream && !stream.virtual();
            PageHistory history = PageHistory.of(machines, subject, contender, choice.pages(), 1, frame, level);
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
        answer.put("workload", workload);
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
        long writes = count(lives, PageHistory.Cause.GUEST_WRITE);
        long parents = count(lives, PageHistory.Cause.LAST_PARENT);
        long others = count(lives, PageHistory.Cause.OTHER);
        out.printf(
                Locale.ROOT,
                "The page of level %d at gfn 0x%x was made %,d times; reclaim zapped it %,d times, memslot changes %,d"
                        + " times%s%s%s.%n",
                level,
                history.gfn(),
                lives.size(),
                reclaimed,
                slots,
                times("writes of the guest to its tables", writes),
                times("the end of its last parent", parents),
                times("other things", others));
        for (int i = 0; i < Math.min(lines, lives.size()); i++) {
            out.println("  " + sentence(lives, i));
        }
        if (lives.size() > lines) {
            out.printf(Locale.ROOT, "  … and %,d more lives (--lines).%n", lives.size() - lines);
        }
    }

    private String sentence(List<PageHistory.Life> lives, int index) {
        PageHistory.Life life = lives.get(index);
        StringBuilder text = new StringBuilder("made at " + clock(life.made()));
        if (counted) {
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
                    case GUEST_WRITE -> "a write of the guest to its tables";
                    case LAST_PARENT -> "the end of its last parent";
                    case OTHER -> "the end of its root, or because a policy asked for it";
                });
        return text.append(neededAgain(lives, index)).toString();
    }

    /** When the page was made again in the same role. */
    private String neededAgain(List<PageHistory.Life> lives, int index) {
        PageHistory.Life life = lives.get(index);
        for (PageHistory.Life next : lives.subList(index + 1, lives.size())) {
            if (next.role() == life.role()) {
                long gap = next.made() - life.zapped();
                return gap == 0
                        ? "; needed again within the same " + (kind == Manifest.Kind.STREAM ? "window" : unit())
                        : String.format(Locale.ROOT, "; needed again %,d %s later", gap, kind.clock());
            }
        }
        return "; never needed again";
    }

    private static String times(String what, long count) {
        return count == 0 ? "" : String.format(Locale.ROOT, ", %s %,d times", what, count);
    }

    private static long count(List<PageHistory.Life> lives, PageHistory.Cause cause) {
        return lives.stream()
                .filter(life -> life.zapped() >= 0 && life.cause() == cause)
                .count();
    }

    private String clock(long instruction) {
        return String.format(Locale.ROOT, "%s %,d", unit(), instruction);
    }

    /** What the clock counts, one of it. */
    private String unit() {
        return switch (kind) {
            case STREAM -> "instruction";
            case SYNTHETIC -> "access";
            case RECORDING -> "operation";
        };
    }
}
