package org.shadowmmu.lab.cli;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.shadowmmu.lab.workload.RecordingCatalog;
import org.shadowmmu.lab.workload.StreamCatalog;

/**
 * Where the program runs: the only place that asks the machine around it.
 *
 * @param directory the current directory
 * @param home the folder of the distribution, with {@code policies} in it, if the program runs from one
 * @param terminal whether a person watches, so that a progress bar makes sense
 * @param clock wall-clock time, for facts that are kept apart from results
 */
public record LabEnvironment(Path directory, Optional<Path> home, boolean terminal, InstantSource clock) {
    /** The environment of this process. */
    public static LabEnvironment ofProcess() {
        return new LabEnvironment(
                Path.of(""),
                Optional.ofNullable(System.getProperty("shadowmmu.home")).map(Path::of),
                isTerminal(),
                InstantSource.system());
    }

    /** Where policies lie that need no option: those of the distribution, then the folder {@code policies} here. */
    public List<Path> builtInPolicies() {
        List<Path> folders = new ArrayList<>();
        home.map(path -> path.resolve("policies")).filter(Files::isDirectory).ifPresent(folders::add);
        Path own = directory.resolve("policies");
        if (Files.isDirectory(own)) {
            folders.add(own);
        }
        return folders;
    }

    /** The Maven repository of the distribution, with what the authors of policies need; it may not be there. */
    public Path repository() {
        return home.orElse(directory).resolve("repository");
    }

    /** The recorded streams that can be named without a path. */
    public StreamCatalog streams() {
        List<Path> roots = new ArrayList<>(List.of(directory));
        home.ifPresent(roots::add);
        return new StreamCatalog(roots);
    }

    /** The recorded scenarios that can be named from {@code data/recordings} on. */
    public RecordingCatalog recordings() {
        List<Path> roots = new ArrayList<>(List.of(directory));
        home.ifPresent(roots::add);
        return new RecordingCatalog(roots);
    }

    /** From Java 22 on there is a console without a terminal, and a method that tells. */
    private static boolean isTerminal() {
        if (System.console() == null) {
            return false;
        }
        try {
            Method method = System.console().getClass().getMethod("isTerminal");
            return Boolean.TRUE.equals(method.invoke(System.console()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Runtime.version().feature() < 22;
        }
    }
}
