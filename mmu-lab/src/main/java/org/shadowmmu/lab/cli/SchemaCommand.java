package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.shadowmmu.lab.experiment.Documentation;
import org.shadowmmu.lab.store.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code schema}: prints the JSON Schema of experiment files. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the JSON Schema of experiment files, with which editors complete and check them.",
        footerHeading = "%nExample:%n",
        footer = "  shadowmmu schema > experiment.schema.json")
public final class SchemaCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public SchemaCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(Json.pretty(Documentation.schema()));
        out.flush();
        return 0;
    }
}
