package org.shadowmmu.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.Project;

class ExperimentFileTest {
    @Test
    void aFileWithEverythingIsRead() {
        Experiment experiment = read("""
                name: all-of-it
                description: >
                  Does it
                  matter?
                policies:
                  - fifo
                  - id: lru-moveup
                    parameters: {on: mapping, depth: 3, fast: true}
                workloads: [web-1g, ./my.gpas.gz]
                quotas: [default, 64]
                mode: tdpmmu
                era: linux-6.12
                backing: thp
                seeds: [1, 2]
                foresight: true
                audit: true
                """);
        assertThat(experiment)
                .isEqualTo(new Experiment(
                        "all-of-it",
                        "Does it matter?",
                        List.of(
                                PolicyEntry.of("fifo"),
                                new PolicyEntry(
                                        "lru-moveup",
                                        Map.of(
                                                "on", new ParameterText("mapping"),
                                                "depth", new ParameterText("3"),
                                                "fast", new ParameterText("true")))),
                        List.of(WorkloadEntry.of("web-1g"), WorkloadEntry.of("./my.gpas.gz")),
                        List.of(QuotaEntry.DEFAULT, new QuotaEntry(64)),
                        Mode.TDPMMU,
                        Kernel.LINUX_6_12,
                        Backing.HUGE,
                        List.of(1L, 2L),
                        true,
                        true));
        assertThat(experiment.policies().get(1)).hasToString("lru-moveup(on=mapping, depth=3, fast=true)");
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        assertThat(read("{name: a, policies: [fifo], workloads: [web-1g]}"))
                .isEqualTo(new Experiment(
                        "a",
                        "",
                        List.of(PolicyEntry.of("fifo")),
                        List.of(WorkloadEntry.of("web-1g")),
                        List.of(QuotaEntry.DEFAULT),
                        null,
                        null,
                        null,
                        List.of(1L),
                        false,
                        false));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("badFiles")
    void aBadFileIsOneSentenceWithFileAndLine(String text, int line, String sentence) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ExperimentException.class)
                .hasMessage("bad.yaml, line " + line + ": " + sentence + (sentence.endsWith("?") ? "" : "."));
    }

    static Stream<Arguments> badFiles() {
        String end = "\npolicies: [fifo]\nworkloads: [web-1g]\n";
        return Stream.of(
                Arguments.of(
                        "name: a\n\n\npolicis: [fifo]\nworkloads: [web-1g]",
                        4,
                        "unknown key 'policis'; did you mean 'policies'?"),
                Arguments.of(
                        "name: a\nfrobnicate: 1" + end,
                        2,
                        "unknown key 'frobnicate'; the keys here are name, description, policies, workloads, quotas, mode,"
                                + " era, backing, seeds, foresight, audit, extends, suites, matrix, zip"),
                Arguments.of(
                        "name: a\npolicies:\n  - fifo\n  - id: x\n    paramters: {}\nworkloads: [w]",
                        5,
                        "unknown key 'paramters'; did you mean 'parameters'?"),
                Arguments.of("name: a\nworkloads: [web-1g]", 1, "the key 'policies' is missing"),
                Arguments.of("name: a\npolicies: [fifo]\n", 1, "the key 'workloads' is missing"),
                Arguments.of("policies: [fifo]\nworkloads: [w]\n", 1, "the key 'name' is missing"),
                Arguments.of(
                        "name: 2026" + end,
                        1,
                        "'name' must be a name of lower-case letters, digits and inner hyphens, not 2026"),
                Arguments.of(
                        "name: My Try" + end,
                        1,
                        "'name' must be a name of lower-case letters, digits and inner hyphens, not 'My Try'"),
                Arguments.of(
                        "name: [a]" + end,
                        1,
                        "'name' must be a name of lower-case letters, digits and inner hyphens, not a list"),
                Arguments.of(
                        "name: a\npolicies: fifo\nworkloads: [web-1g]",
                        2,
                        "'policies' must be a list of policies, each an id, a map with 'id' and 'parameters', or a map of decisions, not 'fifo'"),
                Arguments.of(
                        "name: a\npolicies: []\nworkloads: [w]",
                        2,
                        "'policies' is an empty list, so there is nothing to run"),
                Arguments.of(
                        "name: a\npolicies:\n - fifo\n - lru\n - fifo\nworkloads: [w]", 5, "'policies' has fifo twice"),
                Arguments.of(
                        "name: a\npolicies:\n - fifo\n - 7\nworkloads: [w]",
                        4,
                        "'policies' must be a list of policies, each an id, a map with 'id' and 'parameters', or a map of decisions, not 7"),
                Arguments.of(
                        "name: a\npolicies:\n - parameters: {}\nworkloads: [w]",
                        3,
                        "a policy needs the key 'id', or a policy for at least one decision"),
                Arguments.of(
                        "name: a\npolicies:\n - id: x\n   parameters: [1]\nworkloads: [w]",
                        4,
                        "'parameters' must be a map of parameter names to values, not a list"),
                Arguments.of(
                        "name: a\npolicies:\n - id: x\n   parameters:\n     depth: 1.5\nworkloads: [w]",
                        5,
                        "'depth' cannot be 1.5"),
                Arguments.of(
                        "name: a\nquotas: [default, 63]" + end,
                        2,
                        "a quota must be 'default', a whole number of 64 or more, a share such as '20 per 1000' or a size such as '1 MiB', not 63"),
                Arguments.of(
                        "name: a\nquotas:\n  - 64\n  - small" + end,
                        4,
                        "a quota must be 'default', a whole number of 64 or more, a share such as '20 per 1000' or a size such as '1 MiB', not 'small'"),
                Arguments.of(
                        "name: a\nquotas:\n  - 64.5" + end,
                        3,
                        "'quotas' must be a list whose members are 'default', whole numbers of 64 or more, shares of the guest's pages such as '20 per 1000', or sizes such as '1 MiB', not 64.5"),
                Arguments.of(
                        "name: a\nquotas: 64" + end,
                        2,
                        "'quotas' must be a list whose members are 'default', whole numbers of 64 or more, shares of the guest's pages such as '20 per 1000', or sizes such as '1 MiB', not 64"),
                Arguments.of("name: a\nbacking: 2m" + end, 2, "'backing' must be 4k or thp, not '2m'"),
                Arguments.of(
                        "name: a\nbacking: 4" + end, 2, "'backing' must be 4k or thp, not '4'; did you mean '4k'?"),
                Arguments.of("name: a\nseeds: [1, -2]" + end, 2, "a seed must be a whole number of 0 or more, not -2"),
                Arguments.of(
                        "name: a\nseeds: [x]" + end,
                        2,
                        "'seeds' must be a list of whole numbers of 0 or more, or ranges of them such as 1..30, not 'x'"),
                Arguments.of(
                        "name: a\nseeds: [1.0]" + end,
                        2,
                        "'seeds' must be a list of whole numbers of 0 or more, or ranges of them such as 1..30, not 1.0"),
                Arguments.of(
                        "name: a\nseeds: ['1']" + end,
                        2,
                        "'seeds' must be a list of whole numbers of 0 or more, or ranges of them such as 1..30, not '1'"),
                Arguments.of("name: a\nseeds: [1, 2, 1]" + end, 2, "'seeds' has 1 twice"),
                Arguments.of("name: a\nquotas:" + end, 2, "a value is missing here: give one, or leave the line out"),
                Arguments.of(
                        "name: a\npolicies:\n  - fifo\n  -\nworkloads: [w]",
                        4,
                        "a value is missing here: give one, or leave the line out"),
                Arguments.of(
                        "name: a\nworkloads: [1]\npolicies: [fifo]",
                        2,
                        "'workloads' must be a list of workloads, each the name of a recorded stream, the path of a .gpas.gz file, or a"
                                + " map with 'stream', 'recording' or a family of synthetic workloads, not 1"),
                Arguments.of("- name: a", 1, "an experiment file is a map with the keys name, policies, workloads, …"),
                Arguments.of("", 1, "an experiment file is a map with the keys name, policies, workloads, …"),
                Arguments.of(
                        "name: a\nseeds: &s [1]\nquotas: *s" + end,
                        3,
                        "aliases (*name) are not supported; write the value out"));
    }

    @ParameterizedTest
    @MethodSource("noYaml")
    void whatIsNoYamlIsASentenceWithALine(String text, int line, String part) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ExperimentException.class)
                .hasMessageStartingWith("bad.yaml, line " + line + ": this is no sound YAML: ")
                .hasMessageContaining(part)
                .message()
                .hasLineCount(1);
    }

    static Stream<Arguments> noYaml() {
        return Stream.of(
                Arguments.of("name: a\npolicies: [fifo\nworkloads: [w]", 3, "expected ',' or ']'"),
                Arguments.of("name: a\n\tpolicies: [fifo]", 2, "TAB"),
                Arguments.of("name: a\nname: b\n", 2, "Duplicate"),
                Arguments.of("name: \"a", 1, "unexpected end"));
    }

    @Test
    void aMissingFileIsASentence(@TempDir Path folder) {
        Path file = folder.resolve("none.yaml");
        assertThatThrownBy(() -> ExperimentFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage("There is no experiment file " + file + ".");
    }

    @Test
    void aFileThatIsNotTextIsASentence(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("x.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> ExperimentFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage("The experiment file " + file + " is not UTF-8 text.");
    }

    @Test
    void theQuickstartIsSound() {
        assertThat(ExperimentFile.read(Project.root().resolve("experiments/quickstart.yaml"))
                        .experiment()
                        .name())
                .isEqualTo("quickstart");
    }

    private static Experiment read(String text) {
        return ExperimentFile.parse("bad.yaml", text).experiment();
    }
}
