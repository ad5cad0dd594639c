package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process of a run, without warning and at random moments, and resumes it until it is complete. */
class KilledRunTest {
    private static final String EXPERIMENT = """
            name: killed
            policies: [fifo, lru-moveup, leaf-first]
            workloads: [thrash, fits]
            quotas: [default, 64]
            seeds: [1..3]
            """;

    private static final List<String> FILES = List.of("manifest.json", "trials.jsonl", "series.jsonl", "report.html");

    @TempDir
    private Path folder;

    @Test
    void aKilledRunIsCompletedToTheSameBytes() throws Exception {
        killed(2);
    }

    @Test
    @Tag("long")
    void aRunKilledOftenIsCompletedToTheSameBytes() throws Exception {
        killed(25);
    }

    private void killed(int rounds) throws Exception {
        Lab lab = new Lab(folder);
        lab.file("killed.yaml", EXPERIMENT);
        long start = System.nanoTime();
        assertThat(process("whole").waitFor()).isZero();
        long whole = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Random random = new Random(7);
        int kills = 0;
        for (int round = 0; round < rounds; round++) {
            String name = "round" + round;
            // A first life until some of the trials are stored; then lives of any length, each longer, until one is
            // enough.
            long stored = 1 + random.nextLong(Files.size(folder.resolve("whole/trials.jsonl")));
            kills += process(name).waitForOrKill(folder.resolve(name).resolve("trials.jsonl"), stored) ? 0 : 1;
            for (long life = random.nextLong(whole); !process(name).waitForOrKill(life); life += whole / 3) {
                kills++;
            }
            for (String file : FILES) {
                assertThat(Files.mismatch(
                                folder.resolve("whole").resolve(file),
                                folder.resolve(name).resolve(file)))
                        .as(name + " " + file)
                        .isEqualTo(-1);
            }
        }
        assertThat(kills).isPositive();
    }

    /** A run in a process of its own. */
    private record Run(Process process) {
        int waitFor() throws InterruptedException {
            return process.waitFor();
        }

        /** Waits so many milliseconds; returns whether the run ended well by then, else it is dead. */
        boolean waitForOrKill(long life) throws InterruptedException {
            if (process.waitFor(life, TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue()).isZero();
                return true;
            }
            process.destroyForcibly().waitFor();
            return false;
        }

        /** Waits until a file has so many bytes; returns whether the run ended well before that, else it is dead. */
        boolean waitForOrKill(Path file, long bytes) throws InterruptedException {
            while (process.isAlive() && file.toFile().length() < bytes) {
                Thread.sleep(1);
            }
            return waitForOrKill(0);
        }
    }

    private Run process(String out) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dguice_bytecode_gen_option=DISABLED",
                "-Dshadowmmu.home=" + folder.resolve("home"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of("run", "killed.yaml", "--jobs", "2", "--quiet", "--resume", "--out", out));
        Path log = folder.resolve(out + ".log");
        return new Run(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }
}
