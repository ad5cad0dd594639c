package org.shadowmmu.lab.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;

/**
 * A folder with the results of one run: its files, and how they come there without ever being half written. Who may write
 * holds a lock until {@link #close}, so two processes never write to one folder.
 */
public final class ResultFolder implements Closeable {
    /** Everything that determines the results. */
    public static final String MANIFEST = "manifest.json";
    /** One line per finished trial. */
    public static final String TRIALS = "trials.jsonl";
    /** One line per finished trial that did not fail: its time series. */
    public static final String SERIES = "series.jsonl";
    /** What may differ between two runs with the same results. */
    public static final String VOLATILE = "volatile.json";
    /** The result of a comparison. */
    public static final String COMPARISON = "ab.json";
    /** The report for people. */
    public static final String REPORT = "report.html";

    /** How the name of a file ends that is being written. */
    private static final String PART = ".part";

    private static final List<String> FILES = List.of(REPORT, COMPARISON, VOLATILE, TRIALS, SERIES, MANIFEST);

    private final Path directory;
    private final @Nullable FolderLock lock;

    private ResultFolder(Path directory, @Nullable FolderLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Makes a folder for a new run, to write to.
     *
     * @param replace whether results that lie there are removed; other files are left alone
     * @throws BadInputException if the folder holds something and may not be replaced, somebody writes there, or it cannot be
     *     made
     */
    public static ResultFolder create(Path directory, boolean replace) {
        try {
            refuseFilled(directory, replace);
            ResultFolder folder = locked(directory);
            try {
                refuseFilled(directory, replace);
                for (String file : FILES) {
                    Files.deleteIfExists(directory.resolve(file));
                    Files.deleteIfExists(directory.resolve(file + PART));
                }
                return folder;
            } catch (IOException | RuntimeException e) {
                folder.close();
                throw e;
            }
        } catch (NotDirectoryException | java.nio.file.FileAlreadyExistsException e) {
            throw new BadInputException(directory + " is a file; name a folder for the results with --out.", e);
        } catch (IOException e) {
            throw new BadInputException("The result folder " + directory + " cannot be made: " + e + ".", e);
        }
    }

    /**
     * The folder of a run that was perhaps begun, to write to: as it lies there, or made if nothing was written yet.
     *
     * @throws BadInputException if it holds something else than results, or somebody writes there
     */
    public static ResultFolder resume(Path directory) {
        return hasManifest(directory) ? change(directory) : create(directory, false);
    }

    /**
     * A folder that holds the results of a run, to write to.
     *
     * @throws BadInputException if it does not, or somebody writes there
     */
    public static ResultFolder change(Path directory) {
        refuseOther(directory);
        try {
            return locked(directory);
        } catch (IOException e) {
            throw new BadInputException("The result folder " + directory + " cannot be written to: " + e + ".", e);
        }
    }

    /**
     * A folder that holds the results of a run, to read.
     *
     * @throws BadInputException if it does not, or somebody writes there
     */
    public static ResultFolder open(Path directory) {
        refuseOther(directory);
        FolderLock.refuseBusy(directory);
        return new ResultFolder(directory, null);
    }

    private static ResultFolder locked(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new ResultFolder(directory, FolderLock.take(directory));
    }

    /** Results are not written among other files, nor over others. A folder in use is said to be in use. */
    private static void refuseFilled(Path directory, boolean replace) throws IOException {
        if (!replace && Files.exists(directory) && !isEmpty(directory)) {
            if (Files.isDirectory(directory)) {
                FolderLock.refuseBusy(directory);
            }
            throw new BadInputException("The result folder " + directory
                    + " is not empty; name another with --out, or add --force to replace the results in it.");
        }
    }

    private static void refuseOther(Path directory) {
        if (!hasManifest(directory)) {
            if (Files.isRegularFile(directory.resolve(COMPARISON))) {
                throw new BadInputException(directory + " holds a comparison made by 'ab', not a run; its " + REPORT
                        + " and " + COMPARISON + " are complete.");
            }
            throw new BadInputException(directory + " is no result folder: it has no " + MANIFEST + ".");
        }
    }

    private static boolean hasManifest(Path directory) {
        return Files.isRegularFile(directory.resolve(MANIFEST));
    }

    /** Lets others write. */
    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }

    /** Whether there are results in it. */
    public boolean begun() {
        return hasManifest(directory);
    }

    /** The text of one of its files. */
    public String read(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException e) {
            throw new BadInputException(file(name) + " cannot be read: " + e + ".", e);
        }
    }

    /** Where it lies. */
    public Path directory() {
        return directory;
    }

    /** The path of one of its files. */
    public Path file(String name) {
        return directory.resolve(name);
    }

    /** Writes a file whole: first under another name, forced to disk, then renamed. */
    public void write(String name, String content) {
        Path temporary = directory.resolve(name + PART);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writeFully(channel, content.getBytes(StandardCharsets.UTF_8));
                channel.force(true);
            }
            Files.move(temporary, file(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file(name), e);
        }
    }

    /** Writes files into any folder, which is made if it is not there. */
    public static void writeAll(Path directory, Map<String, byte[]> files) {
        try {
            Files.createDirectories(directory);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(directory.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new BadInputException("The files cannot be written to " + directory + ": " + e + ".", e);
        }
    }

    static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.allMatch(entry -> entry.toString().endsWith(PART) || entry.endsWith(FolderLock.FILE));
        }
    }
}
