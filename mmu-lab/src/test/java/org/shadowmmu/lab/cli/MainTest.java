package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.util.Modules;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.trial.MachineFactory;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
    }

    @Test
    void helpTeachesTheCommands() {
        assertThat(lab.run("--help")).isZero();
        assertThat(lab.out())
                .contains("run", "report", "verify", "policies", "experiments/quickstart.yaml", "bad input");
        assertThat(lab.run("run", "--help")).isZero();
        assertThat(lab.out()).contains("--out", "--jobs", "--policies", "--force", "--quiet");
    }

    @Test
    void withoutACommandItSaysWhatThereIs() {
        assertThat(lab.run()).isEqualTo(2);
        assertThat(lab.err()).startsWith("Name a command.").contains("Usage: shadowmmu");
        assertThat(lab.run("policies")).isEqualTo(2);
        assertThat(lab.err()).startsWith("Name a command: list, describe, new or validate.");
    }

    @Test
    void anUnknownCommandIsBadInput() {
        assertThat(lab.run("rum", "x.yaml")).isEqualTo(2);
        assertThat(lab.err()).contains("run");
    }

    @Test
    void theVersionIsTheLabs() {
        assertThat(lab.run("--version")).isZero();
        assertThat(lab.out()).startsWith("Shadow MMU Lab ");
    }

    @Test
    void policiesAreListedAndDescribed() {
        assertThat(lab.run("policies", "list")).isZero();
        assertThat(lab.out().lines())
                .hasSize(4)
                .first()
                .asString()
                .startsWith("fifo          upstream")
                .contains("policy-fifo.jar");
        assertThat(lab.run("policies", "describe", "lru-moveup")).isZero();
        assertThat(lab.out())
                .contains(
                        "lru-moveup: ",
                        "decides     reclaim-order",
                        "SHA-256     ",
                        "allocation, mapping or lookup; default mapping");
        assertThat(lab.run("policies", "describe", "lru-movup")).isEqualTo(2);
        assertThat(lab.err()).contains("did you mean 'lru-moveup'?");
    }

    @Test
    void aBadJarIsAWarningAndTheOthersStay() {
        lab.file("policies/broken.jar", "no jar");
        assertThat(lab.run("policies", "list")).isZero();
        assertThat(lab.err()).startsWith("Warning: broken.jar");
        assertThat(lab.out().lines()).hasSize(4);
    }

    @Test
    void verifyIsWired() {
        assertThat(lab.run("verify", "nowhere")).isEqualTo(2);
        assertThat(lab.err()).contains("nowhere").doesNotContain("\tat ");
    }

    @Test
    void aReportOfNothingIsBadInput() {
        assertThat(lab.run("report", "nowhere")).isEqualTo(2);
        assertThat(lab.err()).endsWith("nowhere is no result folder: it has no manifest.json.\n");
    }

    /** What nobody foresaw is one sentence as well; the trace is for --debug. */
    @Test
    void theUnexpectedIsASentenceAndWithDebugATrace() {
        lab.file("x.yaml", "{name: x, policies: [fifo], workloads: [fits]}");
        Injector broken = Guice.createInjector(Modules.override(
                        new LabModule(new LabEnvironment(folder, Optional.of(folder.resolve("home")), false, () -> {
                            throw new IllegalStateException("the clock stopped");
                        })))
                .with(binder -> {}));
        assertThat(execute(broken, "run", "x.yaml"))
                .isEqualTo(
                        "1 The lab failed: java.lang.IllegalStateException: the clock stopped. Run with --debug for the"
                                + " trace.\n");
        assertThat(execute(broken, "run", "x.yaml", "--force", "--debug")).contains("\tat org.shadowmmu.lab");
    }

    /** An engine that breaks fails its trials; the lab says so and goes on. */
    @Test
    void aBrokenEngineFailsTheTrial() {
        lab.file("x.yaml", "{name: x, policies: [fifo], workloads: [fits]}");
        Injector broken = Guice.createInjector(Modules.override(new LabModule(
                        new LabEnvironment(folder, Optional.of(folder.resolve("home")), false, InstantSource.system())))
                .with(binder -> binder.bind(MachineFactory.class)
                        .toInstance((host, assignment, vcpus, seed, watch, listener) -> {
                            throw new ArrayIndexOutOfBoundsException("7");
                        })));
        assertThat(execute(broken, "run", "x.yaml"))
                .startsWith("1 ")
                .contains(
                        "failed: The lab itself failed (java.lang.ArrayIndexOutOfBoundsException: 7); --debug shows where.");
    }

    private static String execute(Injector injector, String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine(injector);
        commandLine.setOut(new PrintWriter(new StringWriter()));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments) + " " + err;
    }
}
