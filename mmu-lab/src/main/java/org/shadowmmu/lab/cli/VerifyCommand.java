package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicySelectionException;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.machine.RecordedMachines;
import org.shadowmmu.lab.recording.HostMode;
import org.shadowmmu.lab.recording.RecordedMachineFactory;
import org.shadowmmu.lab.recording.RecordingFile;
import org.shadowmmu.lab.recording.RecordingFiles;
import org.shadowmmu.lab.recording.RecordingFilter;
import org.shadowmmu.lab.recording.RecordingVerifier;
import org.shadowmmu.lab.recording.Verification;
import org.shadowmmu.lab.recording.VerifyJsonReport;
import org.shadowmmu.lab.recording.VerifyReport;
import org.shadowmmu.lab.recording.VerifyRun;
import org.shadowmmu.lab.recording.VerifyTextReport;
import org.shadowmmu.lab.recording.VerifyTotals;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: replays recordings of a real kernel and compares what happens, event by event. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Replays recordings of a real kernel and compares, in order, every event, result, statistic and dump line, and"
                    + " the final guest memory.",
            "Prints 'ok' or the first difference for each recording, and a last line with the totals."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu verify data/recordings",
            "  shadowmmu verify data/recordings --mode shadow --no-nested --audit",
            "  shadowmmu verify data/recordings --policy lru-moveup --json"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything is equal",
            "1:something differs, or needs a mode that is not built yet",
            "2:bad input"
        })
public final class VerifyCommand implements Callable<Integer> {
    private static final String UPSTREAM = "upstream";

    private final RecordedMachines machines;
    private final PolicyHost host;
    private final LabEnvironment environment;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Recordings (.txt, .txt.gz) and directories of them; a directory is searched to its bottom.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "NAME",
            converter = ModeConverter.class,
            completionCandidates = ModeNames.class,
            description = "Only recordings of this mode: shadow, direct or tdpmmu. May be repeated.")
    private List<HostMode> modes = new ArrayList<>();

    @Option(
            names = "--nested",
            negatable = true,
            description = "Only recordings with, or with --no-nested only those without, a nested guest.")
    private @Nullable Boolean nested;

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description =
                    "Leave out recordings whose file name, or path below a directory argument, matches. May be repeated.")
    private List<String> excludes = new ArrayList<>();

    @Option(
            names = "--audit",
            description = "Check the machine's named invariants after every operation; a violation is a difference.")
    private boolean audit;

    @Option(
            names = "--policy",
            paramLabel = "ID",
            completionCandidates = PolicyNames.class,
            defaultValue = "fifo",
            description =
                    "The policy under which the machine runs (default: ${DEFAULT-VALUE}, which is to be the real kernel);"
                            + " 'upstream' are the rules built into the engine.")
    private String policy = "fifo";

    @Mixin
    private PolicyOptions policyOptions = new PolicyOptions();

    @Option(names = "--fail-fast", description = "Stop after the first recording that is not equal.")
    private boolean failFast;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Compare N recordings at a time (default: one per processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Print JSON lines: one object per recording, the totals last.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Makes the command. */
    @Inject
    public VerifyCommand(RecordedMachines machines, PolicyHost host, LabEnvironment environment) {
        this.machines = machines;
        this.host = host;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandLine commandLine = spec.commandLine();
        try {
            return verify(commandLine);
        } catch (BadInputException e) {
            commandLine.getErr().println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }

    private int verify(CommandLine commandLine) throws InterruptedException {
        if (jobs < 1) {
            throw new BadInputException("--jobs: expected a number from 1 on, found " + jobs + ".");
        }
        List<RecordingFile> files = new RecordingFiles(excludes).find(paths);
        if (policy.equals(UPSTREAM)) {
            return verify(commandLine, files, machines.under(PolicyAssignment.UPSTREAM));
        }
        try (PolicyCatalog catalog = policyOptions.load(host, environment, commandLine.getErr())) {
            PolicyAssignment assignment =
                    PolicyAssignment.of(catalog.find(policy).choose());
            return verify(commandLine, files, machines.under(assignment));
        } catch (PolicySelectionException e) {
            throw new BadInputException(Objects.requireNonNull(e.getMessage()));
        }
    }

    private int verify(CommandLine commandLine, List<RecordingFile> files, RecordedMachineFactory factory)
            throws InterruptedException {
        VerifyReport report = withTimeLeft(
                json ? new VerifyJsonReport(commandLine.getOut()) : new VerifyTextReport(commandLine.getOut()),
                new TimeLeft(commandLine.getErr(), "recordings", files.size(), System::nanoTime));
        RecordingVerifier verifier = new RecordingVerifier(factory, audit, new RecordingFilter(modes, nested));
        long start = System.nanoTime();
        VerifyTotals totals = new VerifyRun(verifier, jobs, failFast).run(files, report);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (totals.nothing()) {
            commandLine
                    .getErr()
                    .println("no recording is left to compare: expected one that the options do not leave out.");
        }
        commandLine
                .getErr()
                .println(String.format(
                        Locale.ROOT,
                        "wall clock: %.2f s, %.0f operations per second, %d at a time",
                        seconds,
                        totals.compared() / seconds,
                        jobs));
        return totals.exitCode();
    }

    private static VerifyReport withTimeLeft(VerifyReport report, TimeLeft timeLeft) {
        return new VerifyReport() {
            @Override
            public void add(Verification verification) {
                report.add(verification);
                timeLeft.step();
            }

            @Override
            public void end(VerifyTotals totals) {
                report.end(totals);
            }
        };
    }

    /** The names of modes, for completion. */
    static final class ModeNames extends ArrayList<String> {
        ModeNames() {
            super(Stream.of(HostMode.values()).map(HostMode::text).toList());
        }
    }

    /** The names of modes as recordings have them. */
    static final class ModeConverter implements CommandLine.ITypeConverter<HostMode> {
        @Override
        public HostMode convert(String text) {
            for (HostMode mode : HostMode.values()) {
                if (mode.text().equals(text)) {
                    return mode;
                }
            }
            throw new CommandLine.TypeConversionException("expected shadow, direct or tdpmmu, found '" + text + "'");
        }
    }
}
