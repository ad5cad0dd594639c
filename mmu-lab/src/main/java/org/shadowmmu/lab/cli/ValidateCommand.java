package org.shadowmmu.lab.cli;

import com.google.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.shadowmmu.engine.policy.CallLimit;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.tck.JarExam;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policies validate}: tries a policy jar out. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = {
            "Loads a policy jar and tries every policy in it on small machines, with the ends of its parameters, twice.",
            "Prints what is wrong, a sentence each."
        },
        footerHeading = "%nExample:%n",
        footer = "  shadowmmu policies validate policies/my-fifo.jar",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the jar is sound", "1:something is wrong with it", "2:bad input"})
public final class ValidateCommand implements Callable<Integer> {
    private final LabEnvironment environment;

    @Parameters(paramLabel = "JAR", description = "The policy jar.")
    private Path jar;

    @Option(
            names = "--call-limit",
            paramLabel = "SECONDS",
            description = "How long one call of a policy may take (default: ${DEFAULT-VALUE}).")
    private int callLimit = 5;

    @Option(names = "--json", description = "Print JSON instead of sentences.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public ValidateCommand(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Path file = environment.directory().resolve(jar);
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("There is no policy jar " + jar + ".");
        }
        if (callLimit < 1) {
            throw new BadInputException("--call-limit must be 1 or more, not " + callLimit + ".");
        }
        JarExam.Result result = new JarExam(CallLimit.of(Duration.ofSeconds(callLimit))).of(file);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.pretty(result));
            out.flush();
            return result.passed() ? 0 : 1;
        }
        result.warnings().forEach(warning -> out.println("Warning: " + warning));
        result.objections().forEach(out::println);
        String what = result.policies().isEmpty() ? "no policy" : String.join(", ", result.policies());
        out.println((result.passed() ? "Sound: " : "Not sound: ") + file.getFileName() + " with " + what + ", "
                + result.runs() + " runs, each repeated.");
        out.flush();
        return result.passed() ? 0 : 1;
    }
}
