package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.lab.store.ResultFolder;

/** Two processes and one result folder: the second is told so and changes nothing, and a killed first one is no obstacle. */
class HeldFolderTest {
    private static final String EXPERIMENT = "{name: held, policies: [fifo, lru-moveup], workloads: [fits]}";

    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
        lab.file("held.yaml", EXPERIMENT);
        assertThat(lab.run("run", "held.yaml", "--quiet")).as(lab.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run held.yaml",
                "run held.yaml --force",
                "run held.yaml --resume",
                "run held.yaml --retry-failed",
                "run held.yaml --shard 1/2 --resume --out results/held",
                "merge results/held --out results/whole",
                "merge results/free --out results/held",
                "merge results/free --out results/held --force",
                "ab fifo lru-moveup --workload fits --out results/held",
                "ab fifo lru-moveup --workload fits --out results/held --force",
                "report results/held",
                "export results/held"
            })
    void nobodyElseWritesOrReadsWhileAProcessWrites(String command) throws Exception {
        assertThat(lab.run("run", "held.yaml", "--quiet", "--out", "results/free"))
                .isZero();
        Map<String, String> before = content("results/held");
        Process holder = holder("results/held");
        try {
            assertThat(lab.run(command.split(" "))).isEqualTo(2);
            assertThat(lab.err())
                    .isEqualTo("Another process is writing to the result folder " + folder.resolve("results/held")
                            + "; wait until it has ended, or name another folder.\n");
            assertThat(content("results/held")).isEqualTo(before);
            assertThat(folder.resolve("results/whole")).doesNotExist();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(lab.run("report", "results/held")).as(lab.err()).isZero();
    }

    /** The holder dies by SIGKILL and cleans nothing up. */
    @Test
    void aKilledProcessLeavesNoLock() throws Exception {
        Map<String, String> whole = content("results/held");
        Process holder = holder("results/new");
        assertThat(lab.run("run", "held.yaml", "--quiet", "--resume", "--out", "results/new"))
                .isEqualTo(2);
        holder.destroyForcibly().waitFor();
        assertThat(lab.run("run", "held.yaml", "--quiet", "--resume", "--out", "results/new"))
                .as(lab.err())
                .isZero();
        assertThat(content("results/new")).isEqualTo(whole);
    }

    /** Everything but volatile.json, the lock included, is the same however a folder came about. */
    @Test
    void theLockDoesNotMakeFoldersDiffer() throws IOException {
        for (int shard = 1; shard <= 2; shard++) {
            assertThat(lab.run("run", "held.yaml", "--quiet", "--shard", shard + "/2"))
                    .isZero();
        }
        assertThat(lab.run("merge", "results/held-1-of-2", "results/held-2-of-2", "--out", "results/whole"))
                .isZero();
        assertThat(content("results/whole"))
                .isEqualTo(content("results/held"))
                .containsEntry(".lock", "")
                .containsOnlyKeys(".lock", "manifest.json", "report.html", "series.jsonl", "trials.jsonl");
    }

    /** A folder that was copied without its lock, and one that nobody may write to, can be read. */
    @Test
    void readingNeedsNoLock() throws IOException {
        Files.delete(folder.resolve("results/held/.lock"));
        assertThat(lab.run("export", "results/held")).as(lab.err()).isZero();
        assertThat(folder.resolve("results/held/.lock")).doesNotExist();
    }

    @Test
    void oneProcessWritesOnceAtATime() {
        Path results = folder.resolve("results/held");
        try (ResultFolder first = ResultFolder.change(results)) {
            assertThat(first.begun()).isTrue();
            assertThat(lab.run("report", "results/held")).isEqualTo(2);
            assertThat(lab.run("export", "results/../results/held")).isEqualTo(2);
        }
        assertThat(lab.run("report", "results/held")).isZero();
    }

    private Map<String, String> content(String name) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            files.filter(file -> !file.endsWith(ResultFolder.VOLATILE)).forEach(file -> {
                try {
                    content.put(file.getFileName().toString(), Files.readString(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return content;
    }

    /** A process that writes to a folder until it is killed. */
    private Process holder(String name) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.resolve(name).toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        if (!"holding".equals(out.readLine())) {
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            throw new IllegalStateException("the holder ended with " + process.exitValue());
        }
        return process;
    }

    /** Takes a result folder and keeps it. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws InterruptedException {
            try (ResultFolder held = ResultFolder.resume(Path.of(arguments[0]))) {
                System.out.println("holding");
                Thread.sleep(TimeUnit.MINUTES.toMillis(5));
                throw new IllegalStateException(held.directory() + " was held for too long");
            }
        }
    }
}
