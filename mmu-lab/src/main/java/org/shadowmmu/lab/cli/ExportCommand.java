package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.Csv;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: writes stored results as a table for other programs. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Writes stored results as comma-separated values, one row per trial, for spreadsheets, R or pandas.")
public final class ExportCommand implements Callable<Integer> {
    private final LabEnvironment environment;

    @Parameters(paramLabel = "DIR", description = "A folder that 'run' made, for instance results/quickstart.")
    private Path directory;

    @Option(names = "--out", paramLabel = "FILE", description = "The file to write (default: standard output).")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public ExportCommand(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        String table =
                Csv.of(StoredRun.read(ResultFolder.open(environment.directory().resolve(directory))));
        if (out == null) {
            PrintWriter terminal = spec.commandLine().getOut();
            terminal.print(table);
            terminal.flush();
        } else {
            Path file = environment.directory().resolve(out).toAbsolutePath();
            Path folder = file.getParent();
            ResultFolder.writeAll(folder == null ? file : folder, Map.of(String.valueOf(file.getFileName()), table));
        }
        return 0;
    }
}
