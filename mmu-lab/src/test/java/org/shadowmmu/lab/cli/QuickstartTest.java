package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;
import picocli.CommandLine;

/** The quickstart on recorded streams: what its results must show. */
class QuickstartTest {
    @TempDir
    private Path folder;

    /** The cheapest of its streams in every build. */
    @Test
    void theFourPoliciesOnOneStream() throws IOException {
        Path file = Project.root().resolve("experiments/quickstart.yaml");
        String text = Files.readString(file).replaceAll("(?m)^  - (web-1g|boot-6g-debian-pc)\n", "");
        check(run(Files.writeString(folder.resolve("quick.yaml"), text).toString()), 8);
    }

    /** All of it, as a newcomer runs it. */
    @Tag("long")
    @Test
    void theWholeQuickstart() {
        check(run("experiments/quickstart.yaml"), 24);
    }

    private static void check(StoredRun run, int trials) {
        assertThat(run.trials()).hasSize(trials).allMatch(TrialResult::ok);
        for (Manifest.Workload workload : run.manifest().workloads()) {
            atTheDefaultQuotaTheOrderOfReclaimChangesNothing(run, workload.name());
            aNarrowerMemslotScopeSavesFaults(run, workload.name());
            atTheSmallestQuotaMovingUsedPagesUpSavesFaults(run, workload.name());
        }
    }

    private StoredRun run(String file) {
        PolicyJars.builtIn(folder.resolve("home/policies"));
        CommandLine commandLine = Main.commandLine(
                new LabEnvironment(Project.root(), Optional.of(folder.resolve("home")), false, InstantSource.system()));
        StringWriter err = new StringWriter();
        commandLine.setOut(new PrintWriter(new StringWriter()));
        commandLine.setErr(new PrintWriter(err));
        Path out = folder.resolve("results");
        assertThat(commandLine.execute("run", file, "--out", out.toString(), "--quiet"))
                .as(err::toString)
                .isZero();
        return StoredRun.read(ResultFolder.open(out));
    }

    /** S3.9: the quota Linux sets by itself is never reached, so the order of reclaim changes nothing. */
    private static void atTheDefaultQuotaTheOrderOfReclaimChangesNothing(StoredRun run, String workload) {
        TrialResult fifo = trial(run, workload, "default", "fifo");
        assertThat(fifo.metric(Metric.RECLAIMED)).isZero();
        assertThat(trial(run, workload, "default", "lru-moveup").counters()).isEqualTo(fifo.counters());
        assertThat(trial(run, workload, "default", "tdp-childzap").counters()).isEqualTo(fifo.counters());
    }

    /** S4.1: zapping only the changed slot saves faults wherever slots change after memory was used. */
    private static void aNarrowerMemslotScopeSavesFaults(StoredRun run, String workload) {
        assertThat(trial(run, workload, "default", "leaf-first").metric(Metric.FAULTS))
                .isLessThan(trial(run, workload, "default", "fifo").metric(Metric.FAULTS));
    }

    /** The direction a plain model of leaf tables gave for these streams: use is a better guide than age. */
    private static void atTheSmallestQuotaMovingUsedPagesUpSavesFaults(StoredRun run, String workload) {
        assertThat(trial(run, workload, "64", "lru-moveup").metric(Metric.FAULTS))
                .isLessThan(trial(run, workload, "64", "fifo").metric(Metric.FAULTS) * 9 / 10);
    }

    private static TrialResult trial(StoredRun run, String workload, String quota, String policy) {
        return run.trials().stream()
                .filter(trial -> trial.workload().equals(workload)
                        && trial.quota().equals(quota)
                        && trial.policy().equals(policy))
                .findFirst()
                .orElseThrow();
    }
}
