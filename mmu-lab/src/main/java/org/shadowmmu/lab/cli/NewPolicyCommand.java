package org.shadowmmu.lab.cli;

import com.google.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.template.PolicyProject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policies new}: writes a project for a policy. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a Maven project with a small policy that works, its test and an experiment.",
            "It builds by itself: what it needs of this lab is in it."
        },
        footerHeading = "%nExample:%n",
        footer = "  shadowmmu policies new my-policy")
public final class NewPolicyCommand implements Callable<Integer> {
    private final LabEnvironment environment;

    @Parameters(paramLabel = "ID", description = "The id of the policy, for instance my-policy.")
    private String id;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the project goes (default: a folder named ID).")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public NewPolicyCommand(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        PolicyProject project = new PolicyProject(id);
        Path folder = out == null ? Path.of(id) : out;
        project.write(environment.directory().resolve(folder), environment.repository());
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.println("Wrote " + folder + ". Next: cd " + folder + " && mvn package");
        terminal.flush();
        return 0;
    }
}
