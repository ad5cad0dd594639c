package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.shadowmmu.lab.report.Figures;
import org.shadowmmu.lab.report.HtmlReport;
import org.shadowmmu.lab.report.TerminalTable;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: writes the report of stored results again. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Prints the tables of stored results and writes their report.html again; runs nothing.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu report results/quickstart",
            "  shadowmmu report results/quickstart --figures figures --png"
        })
public final class ReportCommand implements Callable<Integer> {
    private final LabEnvironment environment;

    @Parameters(paramLabel = "DIR", description = "A folder that 'run' made, for instance results/quickstart.")
    private Path directory;

    @Mixin
    private FigureOptions figures;

    @Option(names = "--json", description = "Print one JSON line per trial instead of tables.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public ReportCommand(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        figures.check();
        try (ResultFolder folder = ResultFolder.change(environment.directory().resolve(directory))) {
            StoredRun stored = StoredRun.read(folder);
            folder.write(ResultFolder.REPORT, HtmlReport.of(stored));
            figures.write(environment, Figures.of(stored));
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                stored.trials().forEach(trial -> out.println(Json.text(trial)));
            } else {
                out.print(TerminalTable.of(stored));
                out.println("Report: " + folder.file(ResultFolder.REPORT));
            }
            out.flush();
        }
        return 0;
    }
}
