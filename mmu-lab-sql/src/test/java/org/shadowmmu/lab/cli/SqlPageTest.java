package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.DocumentedCommands;
import org.shadowmmu.lab.DocumentedCommands.Command;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.sql.DuckSql;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.ResultSql;
import picocli.CommandLine;

/** {@code docs/sql.md}: its commands are run as they stand there, and print what it says. */
class SqlPageTest {
    private static final String PAGE = "docs/sql.md";

    @TempDir
    private Path folder;

    @BeforeEach
    void aCheckout() throws IOException {
        PolicyJars.builtIn(folder.resolve("home/policies"));
        for (String file : List.of("experiments/quickstart.yaml", "data/streams/gcc-1g-smp2.gpas.gz")) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(Project.root().resolve(file), folder.resolve(file));
        }
    }

    @Test
    void everyCommandPrintsWhatThePageSays() throws IOException {
        int answers = 0;
        for (Command command : DocumentedCommands.of(PAGE)) {
            if (command.arguments().contains("DIR")) {
                continue;
            }
            String[] arguments = command.arguments().stream()
                    .map(word -> word.replace("'used.parquet'", "'" + folder.resolve("used.parquet") + "'"))
                    .toArray(String[]::new);
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine lab = Main.commandLine(
                    new LabEnvironment(folder, Optional.of(folder.resolve("home")), false, InstantSource.system()));
            lab.setOut(new PrintWriter(out));
            lab.setErr(new PrintWriter(err));
            assertThat(lab.execute(arguments)).as(command + "\n" + err).isZero();
            if (!command.output().isEmpty()) {
                assertThat(out).as(command.toString()).hasToString(command.output());
                answers++;
            }
        }
        assertThat(answers).isEqualTo(3);
        assertThat(folder.resolve("used.parquet")).isNotEmptyFile();
        assertThat(folder.resolve("results-gcc-parquet/series.parquet")).isNotEmptyFile();
    }

    @Test
    void everyViewIsDocumentedAsDeclared() throws IOException {
        List<String> lines = Files.readAllLines(Project.root().resolve(PAGE));
        for (ResultSql.View view : new DuckSql().views()) {
            String start = "| `" + view.name() + "` | " + view.row() + " | ";
            assertThat(lines).anySatisfy(line -> {
                assertThat(line).startsWith(start);
                for (ResultSql.Column column : view.columns()) {
                    if (!view.name().equals("series") && !figure(column)) {
                        assertThat(line).contains("`" + column.name() + "`");
                    }
                }
            });
        }
    }

    private static boolean figure(ResultSql.Column column) {
        return List.of(Metric.values()).stream().anyMatch(metric -> metric.key().equals(column.name()));
    }
}
