package org.shadowmmu.lab.workload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds recorded scenarios: {@code linux-6.1/small/NAME} in {@code data/recordings} of each root and of the folders above it,
 * or as a path from the first root. The ending {@code .txt} or {@code .txt.gz} may be left out.
 */
public final class RecordingCatalog {
    private static final Path FOLDER = Path.of("data", "recordings");
    private static final List<String> ENDINGS = List.of("", ".txt", ".txt.gz");

    private final DataFolders folders;

    /** Looks in these folders, in order. */
    public RecordingCatalog(List<Path> roots) {
        this(new DataFolders(roots, FOLDER));
    }

    private RecordingCatalog(DataFolders folders) {
        this.folders = folders;
    }

    /** The same catalog with a folder that is looked in first. */
    public RecordingCatalog startingAt(Path first) {
        return new RecordingCatalog(folders.startingAt(first));
    }

    /** The file of a recording; null if there is none. */
    public @Nullable Path find(String path) {
        return Stream.concat(folders.roots().stream().limit(1), folders.all().stream())
                .flatMap(folder -> ENDINGS.stream().map(ending -> folder.resolve(path + ending)))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    /** The name by which results call a recording: that of its file without the ending. */
    public static String nameOf(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.replaceFirst("\\.txt(\\.gz)?$", "");
    }

    /** The folders of recordings, nearest first. */
    public List<Path> folders() {
        return folders.all();
    }
}
