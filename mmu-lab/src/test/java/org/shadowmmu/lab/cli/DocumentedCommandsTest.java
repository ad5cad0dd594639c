package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.lab.DocumentedCommands;
import org.shadowmmu.lab.DocumentedCommands.Command;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.experiment.Family;
import org.shadowmmu.lab.workload.StreamCatalog;
import picocli.CommandLine;

/** What the pages and the help texts tell people to type is understood, and the files it names are there. */
class DocumentedCommandsTest {
    private static final LabEnvironment ENVIRONMENT =
            new LabEnvironment(Project.root(), Optional.empty(), false, InstantSource.system());

    static Stream<Command> commands() throws IOException {
        List<Command> commands = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Project.root())) {
            files.filter(file -> file.toString().endsWith(".md"))
                    .map(file -> Project.root().relativize(file))
                    .filter(page -> !page.toString().contains("target/"))
                    .sorted()
                    .forEach(page -> commands.addAll(of(page.toString())));
        }
        assertThat(commands)
                .hasSizeGreaterThan(20)
                .anyMatch(command -> command.page().equals("README.md"));
        return commands.stream();
    }

    private static List<Command> of(String page) {
        try {
            return DocumentedCommands.of(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource
    void commands(Command command) {
        if (command.arguments().size() == 1 && !command.arguments().get(0).startsWith("-")) {
            assertThat(Main.commandLine(ENVIRONMENT).getSubcommands())
                    .containsKey(command.arguments().get(0));
            return;
        }
        understood(command.arguments());
        for (String word : command.arguments()) {
            if (word.matches("(experiments|data|examples)/.*") && !word.matches(".*[*A-Z].*|.*/target/.*")) {
                assertThat(Project.root().resolve(word)).as(command.toString()).exists();
            }
        }
        int workload = command.arguments().indexOf("--workload");
        if (workload >= 0 && !command.arguments().get(workload + 1).matches("all|[A-Z]+|…")) {
            for (String name : command.arguments().get(workload + 1).split(",")) {
                if (Family.ALL_WORDS.contains(name.replaceFirst(":.*", ""))) {
                    assertThat(Family.parse(name).label())
                            .as(command.toString())
                            .isNotEmpty();
                } else {
                    assertThat(new StreamCatalog(List.of(Project.root())).find(name))
                            .as(command.toString())
                            .isNotNull();
                }
            }
        }
    }

    static Stream<CommandLine> everyCommand() {
        return below(Main.commandLine(ENVIRONMENT))
                .filter(command -> !command.getCommandName().equals("help"));
    }

    private static Stream<CommandLine> below(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(DocumentedCommandsTest::below));
    }

    /** Every command has examples in its help; of a group the commands below it have them. */
    @ParameterizedTest
    @MethodSource("everyCommand")
    void helpTeachesByExamplesThatAreUnderstood(CommandLine command) {
        List<String> examples = Arrays.stream(
                        command.getCommandSpec().usageMessage().footer())
                .filter(line -> line.startsWith("  "))
                .toList();
        assertThat(examples.isEmpty()).isEqualTo(command.getCommandName().equals("policies"));
        String name = command.getCommandSpec().qualifiedName();
        for (String example : examples) {
            assertThat(example).containsPattern("(\\./)?" + name);
            understood(DocumentedCommands.words(example.replaceFirst(".*<\\((.*)\\).*", "$1")).stream()
                    .skip(1)
                    .toList());
        }
        assertThat(command.getUsageMessage().lines()).containsAll(examples);
    }

    private static void understood(List<String> arguments) {
        assertThatCode(() -> Main.commandLine(ENVIRONMENT).parseArgs(arguments.toArray(String[]::new)))
                .as(String.join(" ", arguments))
                .doesNotThrowAnyException();
    }
}
