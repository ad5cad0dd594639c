package org.shadowmmu.lab.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds recorded streams. A name such as {@code web-1g} is looked for in {@code data/streams} of each root and of the
 * folders above it, the first one found wins; anything with a slash or an ending is a path, relative to the first root.
 */
public final class StreamCatalog {
    /** How the name of a stream file ends. */
    public static final String ENDING = ".gpas.gz";

    private static final Path FOLDER = Path.of("data", "streams");

    private final DataFolders folders;

    /** Looks in these folders, in order. */
    public StreamCatalog(List<Path> roots) {
        this(new DataFolders(roots, FOLDER));
    }

    private StreamCatalog(DataFolders folders) {
        this.folders = folders;
    }

    /** The same catalog with a folder that is looked in first. */
    public StreamCatalog startingAt(Path first) {
        return new StreamCatalog(folders.startingAt(first));
    }

    /** The file of a stream; null if there is none. */
    public @Nullable Path find(String nameOrPath) {
        if (isPath(nameOrPath)) {
            for (Path root : folders.roots()) {
                Path file = root.resolve(nameOrPath);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
            return null;
        }
        for (Path folder : folders.all()) {
            Path file = folder.resolve(nameOrPath + ENDING);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }

    /** The name by which results call the stream. */
    public static String nameOf(String nameOrPath) {
        String last = nameOrPath.substring(nameOrPath.lastIndexOf('/') + 1);
        return last.endsWith(ENDING) ? last.substring(0, last.length() - ENDING.length()) : last;
    }

    /** Whether a workload of an experiment is written as a path. */
    public static boolean isPath(String nameOrPath) {
        return nameOrPath.indexOf('/') >= 0 || nameOrPath.endsWith(".gz");
    }

    /** The names of all streams, sorted. */
    public List<String> names() {
        TreeSet<String> names = new TreeSet<>();
        for (Path folder : folders.all()) {
            try (Stream<Path> files = Files.list(folder)) {
                files.map(file -> String.valueOf(file.getFileName()))
                        .filter(file -> file.endsWith(ENDING))
                        .forEach(file -> names.add(nameOf(file)));
            } catch (IOException e) {
                // A folder that cannot be listed offers no names; opening a file in it says why.
                continue;
            }
        }
        return List.copyOf(names);
    }
}
