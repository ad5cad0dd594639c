package org.shadowmmu.lab.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Stage;
import jakarta.inject.Inject;
import org.shadowmmu.engine.policy.PolicySelectionException;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.trial.ManifestWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The program {@code shadowmmu}. Ends with 0 if all went well, 1 if a check or a trial failed, 2 for bad input; prints
 * sentences, and a stack trace only with {@code --debug}.
 */
@Command(
        name = "shadowmmu",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "A laboratory for the reclaim and zap policies of the KVM x86 MMU.",
            "Start with: shadowmmu run experiments/quickstart.yaml"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu run experiments/quickstart.yaml",
            "  shadowmmu ab fifo lru-moveup --workload web-1g --quota 64",
            "  shadowmmu verify data/recordings",
            "  shadowmmu help run"
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            AbCommand.class,
            ExplainCommand.class,
            MergeCommand.class,
            ReportCommand.class,
            ReproduceCommand.class,
            ExportCommand.class,
            SqlCommand.class,
            SchemaCommand.class,
            VerifyCommand.class,
            PoliciesCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all went well", "1:a check or a trial failed", "2:bad input"})
public final class Main implements Runnable {
    private static final int FAILED = 1;

    /** Examples stay on one line in it. */
    private static final int HELP_WIDTH = 100;

    @Option(
            names = "--debug",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show the stack trace of what goes wrong, and what the parts of the program log.")
    private boolean debug;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public Main() {}

    /** Runs a command and ends the program with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(LabEnvironment.ofProcess()).execute(arguments));
    }

    /** The command line of a lab that runs in this environment. */
    public static CommandLine commandLine(LabEnvironment environment) {
        return commandLine(Guice.createInjector(Stage.DEVELOPMENT, new LabModule(environment)));
    }

    /** The command line whose commands this injector makes. */
    static CommandLine commandLine(Injector injector) {
        CommandLine.IFactory byInjector = new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return injector.getExistingBinding(Key.get(type)) == null
                        ? CommandLine.defaultFactory().create(type)
                        : injector.getInstance(type);
            }
        };
        Main main = injector.getInstance(Main.class);
        CommandLine commandLine = new CommandLine(main, byInjector);
        commandLine.setUsageHelpWidth(HELP_WIDTH);
        commandLine.setExecutionStrategy(parsed -> {
            setLogLevel(main.debug);
            return new CommandLine.RunLast().execute(parsed);
        });
        commandLine.setExecutionExceptionHandler((problem, command, parsed) -> main.explain(problem, command));
        return commandLine;
    }

    /** Without a command there is nothing to do but to say what there is. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
    }

    private int explain(Exception problem, CommandLine command) {
        boolean badInput = problem instanceof BadInputException || problem instanceof PolicySelectionException;
        if (debug) {
            problem.printStackTrace(command.getErr());
        } else if (badInput) {
            command.getErr().println(problem.getMessage());
        } else {
            command.getErr().println("The lab failed: " + problem + ". Run with --debug for the trace.");
        }
        command.getErr().flush();
        return badInput ? CommandLine.ExitCode.USAGE : FAILED;
    }

    private static void setLogLevel(boolean debug) {
        if (LoggerFactory.getLogger("org.shadowmmu") instanceof Logger logger) {
            logger.setLevel(debug ? Level.DEBUG : null);
        }
    }

    /** Says which version this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Shadow MMU Lab " + ManifestWriter.labVersion()};
        }
    }
}
