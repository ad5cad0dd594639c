package org.shadowmmu.lab.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamBytes;
import org.shadowmmu.lab.workload.StreamCatalog;
import picocli.CommandLine;

/** A lab in a folder of its own: the built-in policies, two small streams, and its command line. */
final class Lab {
    private final Path directory;
    private String out = "";
    private String err = "";

    Lab(Path directory) {
        this.directory = directory;
        PolicyJars.builtIn(directory.resolve("home/policies"));
        thrashing().write(made("data/streams/thrash.gpas.gz"));
        fitting().write(made("data/streams/fits.gpas.gz"));
    }

    /** Makes the project's recorded streams known, too. */
    Lab withRecordedStreams() {
        Path streams = Project.root().resolve("data/streams");
        try (Stream<Path> files = Files.list(streams)) {
            for (Path file : files.filter(path -> path.toString().endsWith(StreamCatalog.ENDING))
                    .toList()) {
                Files.copy(file, made("data/streams/" + file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Eighty regions of 2 MiB used in turn, with favourites, and slots that come and go: more than 64 tables hold. */
    static StreamBytes thrashing() {
        StreamBytes stream = memory(80);
        long random = 1;
        for (int w = 0; w < 60; w++) {
            stream.window(w % 2, 10_000);
            for (int i = 0; i < 40; i++) {
                random = random * 6364136223846793005L + 1442695040888963407L;
                int region = (int) (random >>> 33) % (i % 2 == 0 ? 80 : 12);
                stream.access(i % 3 == 0 ? EntryKind.WRITE : EntryKind.READ, region * 512L + (random >>> 40) % 16);
            }
            if (w == 30) {
                stream.event(6, 10);
            }
        }
        return stream.raw(2);
    }

    /** Ten regions, and one slot that is deleted on the way. */
    static StreamBytes fitting() {
        StreamBytes stream = memory(10);
        for (int w = 0; w < 20; w++) {
            stream.window(0, 1000);
            for (int i = 0; i < 10; i++) {
                stream.access(EntryKind.READ, i * 512L + w);
            }
            if (w == 10) {
                stream.slot(SlotChange.Operation.DELETE, 0, 1 << 20, 16, 0, "vga", 0);
            }
        }
        return stream.raw(2);
    }

    private static StreamBytes memory(int regions) {
        return new StreamBytes()
                .slot(SlotChange.Operation.ADD, 0, 0, regions * 512L, 0, "ram", 0)
                .slot(SlotChange.Operation.ADD, 0, 1 << 20, 16, 0, "vga", 0);
    }

    /** Writes a file of this folder. */
    Path file(String name, String content) {
        try {
            return Files.writeString(made(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A path in this folder, whose parent exists. */
    Path made(String name) {
        Path path = directory.resolve(name);
        try {
            Files.createDirectories(path.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return path;
    }

    String read(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command; returns its exit code. */
    int run(String... arguments) {
        LabEnvironment environment = new LabEnvironment(
                directory,
                Optional.of(directory.resolve("home")),
                false,
                InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        CommandLine commandLine = Main.commandLine(environment);
        commandLine.setOut(new PrintWriter(outText));
        commandLine.setErr(new PrintWriter(errText));
        int code = commandLine.execute(arguments);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    /** What the last command wrote to standard output. */
    String out() {
        return out;
    }

    /** What the last command wrote to standard error. */
    String err() {
        return err;
    }
}
