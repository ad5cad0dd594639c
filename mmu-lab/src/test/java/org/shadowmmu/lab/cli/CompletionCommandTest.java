package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion script in real shells. */
class CompletionCommandTest {
    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void script() {
        lab = new Lab(folder);
        assertThat(lab.run("completion", "bash")).isZero();
        lab.file("completion.sh", lab.out());
        lab.file("experiments/mine.yaml", "{name: mine, policies: [fifo], workloads: [fits]}");
    }

    @Test
    void bashKnowsTheCommand() throws Exception {
        assertThat(shell("bash", "source completion.sh; complete -p shadowmmu"))
                .isEqualTo("complete -o default -F _complete_shadowmmu shadowmmu\n");
    }

    /** What follows the blank or the word typed so far, as bash itself asks for it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "r                           > run report reproduce",
                "policies ''                 > list describe new validate",
                "policies describe l         > leaf-first lru-moveup",
                "ab ''                       > fifo leaf-first lru-moveup tdp-childzap",
                "ab fifo lru                 > lru-moveup",
                "ab fifo lru-moveup --workload ''   > fits thrash sequential-fill zipf working-sets memslot-churn migration boot-storm processes",
                "explain pro                 > processes",
                "explain th                  > thrash",
                "explain thrash --policy ''  > fifo leaf-first lru-moveup tdp-childzap",
                "run ./experiments/m         > ./experiments/mine.yaml",
                "run experiments/mine.yaml --re     > --resume --retry-failed",
                "verify --mode ''            > shadow direct tdpmmu",
                "completion ''               > bash zsh"
            })
    void bashCompletes(String typed, String expected) throws Exception {
        String asked =
                "source completion.sh; COMP_WORDS=(shadowmmu " + typed + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; _complete_shadowmmu 2>/dev/null;"
                        + " echo \"${COMPREPLY[*]}\"";
        assertThat(shell("bash", asked)).isEqualTo(expected + "\n");
    }

    @Test
    void theHelpSaysWhenToPrintItAgain() {
        assertThat(lab.run("completion", "--help")).isZero();
        assertThat(lab.out().replaceAll("\\s+", " "))
                .contains("after a new jar in policies/ or a new stream in data/streams, print it again");
    }

    @Test
    void zshReadsTheScript() throws Exception {
        assertThat(lab.run("completion", "zsh")).isZero();
        lab.file("completion.zsh", lab.out());
        assertThat(shell("zsh", "source completion.zsh; print ${_comps[shadowmmu]}"))
                .contains("_complete_shadowmmu");
    }

    @Test
    void anotherShellIsBadInput() {
        assertThat(lab.run("completion", "fish")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo("There is no completion for 'fish'; there is for bash and zsh.\n");
    }

    private String shell(String name, String commands) throws IOException, InterruptedException {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v " + name).start().waitFor() == 0,
                "no " + name + " here: the completion script was not tried in it");
        Process process = new ProcessBuilder(List.of(name, name.equals("zsh") ? "-f" : "--norc", "-c", commands))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
