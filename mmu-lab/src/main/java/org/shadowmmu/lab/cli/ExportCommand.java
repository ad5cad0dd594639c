package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.Csv;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: writes stored results as tables for other programs. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Writes stored results as tables for spreadsheets, R or pandas: comma-separated values with a row per"
                        + " trial, or Parquet files with everything.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu export results/quickstart --out quickstart.csv",
            "  shadowmmu export results/quickstart --format parquet --out quickstart-parquet"
        })
public final class ExportCommand implements Callable<Integer> {
    private static final List<String> FORMATS = List.of("csv", "parquet");

    private final LabEnvironment environment;

    @Parameters(paramLabel = "DIR", description = "A folder that 'run' made, for instance results/quickstart.")
    private Path directory;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            completionCandidates = Formats.class,
            description =
                    "csv (default), or parquet: a folder with a file per view of 'sql', for which the optional module"
                            + " mmu-lab-sql is needed.")
    private String format = "csv";

    @Option(
            names = "--out",
            paramLabel = "PATH",
            description = "The file to write (default: standard output); for parquet the folder.")
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
        if (!FORMATS.contains(format)) {
            throw new BadInputException("--format must be csv or parquet, not " + format + ".");
        }
        ResultFolder folder = ResultFolder.open(environment.directory().resolve(directory));
        if (format.equals("parquet")) {
            parquet(folder);
        } else {
            csv(Csv.of(StoredRun.read(folder)));
        }
        return 0;
    }

    private void csv(String table) {
        PrintWriter terminal = spec.commandLine().getOut();
        if (out == null) {
            terminal.print(table);
        } else {
            Path file = environment.directory().resolve(out).toAbsolutePath();
            Path parent = file.getParent();
            ResultFolder.writeAll(
                    parent == null ? file : parent,
                    Map.of(String.valueOf(file.getFileName()), table.getBytes(StandardCharsets.UTF_8)));
        }
        terminal.flush();
    }

    private void parquet(ResultFolder folder) {
        if (out == null) {
            throw new BadInputException("Parquet files need a folder; name one with --out.");
        }
        Path target = environment.directory().resolve(out).toAbsolutePath().normalize();
        if (target.startsWith(folder.directory().toAbsolutePath().normalize())) {
            throw new BadInputException("A result folder holds results only; name another folder with --out.");
        }
        PrintWriter terminal = spec.commandLine().getOut();
        SqlModule.load().writeParquet(StoredRun.read(folder), target).forEach(terminal::println);
        terminal.flush();
    }

    /** The formats, for completion. */
    static final class Formats extends ArrayList<String> {
        Formats() {
            super(FORMATS);
        }
    }
}
