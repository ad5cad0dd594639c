package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.report.TextTable;
import org.shadowmmu.lab.store.Csv;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.ResultSql;
import org.shadowmmu.lab.store.StoredRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sql}: asks stored results a question. */
@Command(
        name = "sql",
        mixinStandardHelpOptions = true,
        description = {
            "Answers an SQL query over stored results, which are only read. Without a query it shows the views and their"
                    + " columns.",
            "Needs the optional module mmu-lab-sql, which brings DuckDB; docs/sql.md says how to get it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shadowmmu sql results/quickstart",
            "  shadowmmu sql results/quickstart \"select policy, sum(faults) from trials group by all\"",
            "  shadowmmu sql results/quickstart --csv \"from series where trial = 0\" > series.csv"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the query was answered", "2:bad input, or the module is not there"})
public final class SqlCommand implements Callable<Integer> {
    private final LabEnvironment environment;

    @Parameters(
            index = "0",
            paramLabel = "DIR",
            description = "A folder that 'run' made, for instance results/quickstart.")
    private Path directory;

    @Parameters(index = "1", arity = "0..1", paramLabel = "QUERY", description = "A query in DuckDB's SQL.")
    private @Nullable String query;

    @Option(names = "--json", description = "Print one JSON line per row.")
    private boolean json;

    @Option(names = "--csv", description = "Print comma-separated values.")
    private boolean csv;

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public SqlCommand(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (json && csv) {
            throw new BadInputException("--json and --csv are two forms of the same rows; give one of them.");
        }
        ResultSql sql = SqlModule.load();
        StoredRun run = StoredRun.read(ResultFolder.open(environment.directory().resolve(directory)));
        PrintWriter out = spec.commandLine().getOut();
        out.print(print(query == null ? views(sql) : sql.query(run, query)));
        out.flush();
        return 0;
    }

    private static ResultSql.Answer views(ResultSql sql) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (ResultSql.View view : sql.views()) {
            for (ResultSql.Column column : view.columns()) {
                rows.add(List.of(view.name(), column.name(), column.type()));
            }
        }
        return new ResultSql.Answer(List.of("view", "column", "type"), rows);
    }

    private String print(ResultSql.Answer answer) {
        if (answer.columns().isEmpty()) {
            return "";
        }
        if (json) {
            return answer.rows().stream()
                    .map(row -> Json.text(object(answer.columns(), row)) + "\n")
                    .collect(Collectors.joining());
        }
        List<List<String>> text = new ArrayList<>(List.of(answer.columns()));
        answer.rows()
                .forEach(row -> text.add(row.stream()
                        .map(value -> value == null ? "" : value.toString())
                        .toList()));
        return csv ? text.stream().map(Csv::row).collect(Collectors.joining()) : TextTable.of(text, numbers(answer));
    }

    private static Map<String, @Nullable Object> object(List<String> columns, List<@Nullable Object> row) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            object.put(columns.get(i), row.get(i));
        }
        return object;
    }

    /** Columns that hold nothing but numbers stand to the right. */
    private static boolean[] numbers(ResultSql.Answer answer) {
        boolean[] numbers = new boolean[answer.columns().size()];
        for (int i = 0; i < numbers.length; i++) {
            int column = i;
            numbers[i] = answer.rows().stream()
                    .allMatch(row -> row.get(column) == null || row.get(column) instanceof Number);
        }
        return numbers;
    }
}
