package org.shadowmmu.lab.recording;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The recordings of this repository, for tests. */
public final class Recordings {
    private Recordings() {}

    /** The directory of all recordings. */
    public static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("data/recordings"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("expected data/recordings in this directory or one above");
            }
        }
        return directory.resolve("data/recordings");
    }

    /** All recordings below a directory of {@link #root}. */
    public static List<RecordingFile> below(String directory) {
        return new RecordingFiles(List.of()).find(List.of(root().resolve(directory)));
    }

    /** All files with one mechanism each, of all eras. */
    public static List<RecordingFile> micro() {
        return new RecordingFiles(List.of())
                .find(List.of(
                        root().resolve("linux-6.1/micro"),
                        root().resolve("linux-6.12/micro"),
                        root().resolve("linux-6.12/quirk"),
                        root().resolve("linux-6.12/smp"),
                        root().resolve("smp/micro")));
    }

    /** The text of a recording. */
    public static String text(Path file) {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return new String(plain.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a text. */
    public static RecordingReader reader(String text) {
        return RecordingReader.of(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), "small.txt");
    }
}
