package org.shadowmmu.lab.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.shadowmmu.lab.BadInputException;

/**
 * Finds recordings: a file as it is, a directory with all that it and its subdirectories hold. In a directory a recording
 * is a {@code .txt} or {@code .txt.gz} file other than {@code INDEX.txt}. The order is that of the arguments, and by name
 * within each; a file found twice counts once.
 */
public final class RecordingFiles {
    private static final String INDEX = "INDEX.txt";

    private final List<PathMatcher> excluded = new ArrayList<>();

    /**
     * Leaves out what matches one of these globs: by file name, or by the path below a directory argument.
     *
     * @throws BadInputException if a glob is not well-formed
     */
    public RecordingFiles(List<String> excludedGlobs) {
        for (String glob : excludedGlobs) {
            try {
                excluded.add(FileSystems.getDefault().getPathMatcher("glob:" + glob));
            } catch (PatternSyntaxException e) {
                throw new BadInputException(
                        "--exclude '" + glob + "': expected a glob such as '*nested*', but " + e.getDescription() + ".",
                        e);
            }
        }
    }

    /**
     * The recordings in files and directories.
     *
     * @throws BadInputException if an argument does not exist or a directory cannot be read
     */
    public List<RecordingFile> find(List<Path> arguments) {
        List<RecordingFile> found = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        for (Path argument : arguments) {
            for (RecordingFile file : find(argument)) {
                if (known.add(file.path().toAbsolutePath().normalize())) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private List<RecordingFile> find(Path argument) {
        if (Files.isDirectory(argument)) {
            return below(argument);
        }
        if (!Files.exists(argument)) {
            throw new BadInputException(
                    argument + ": expected a recording or a directory of recordings, found no such file.");
        }
        Path name = argument.getFileName();
        return name != null && excludes(name) ? List.of() : List.of(new RecordingFile(argument, slashed(argument)));
    }

    private List<RecordingFile> below(Path directory) {
        try (Stream<Path> walk = Files.walk(directory.toRealPath())) {
            Path real = directory.toRealPath();
            return walk.filter(RecordingFiles::isRecording)
                    .map(real::relativize)
                    .filter(path -> !excludes(path) && !excludes(fileName(path)))
                    .map(path -> new RecordingFile(real.resolve(path), slashed(directory.resolve(path))))
                    .sorted(Comparator.comparing(RecordingFile::name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new BadInputException(
                    directory + ": expected a directory of recordings, but reading failed: " + e.getMessage() + ".", e);
        }
    }

    private static boolean isRecording(Path path) {
        String name = fileName(path).toString();
        return (name.endsWith(".txt") || name.endsWith(".txt.gz")) && !name.equals(INDEX) && Files.isRegularFile(path);
    }

    private boolean excludes(Path path) {
        return excluded.stream().anyMatch(glob -> glob.matches(path));
    }

    private static Path fileName(Path path) {
        Path name = path.getFileName();
        return name == null ? path : name;
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }
}
