package org.shadowmmu.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the project's own files, wherever in the tree the tests were started. */
public final class Project {
    private Project() {}

    /** The directory of the parent pom. */
    public static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("mmu-api/pom.xml"))) {
            path = path.getParent();
        }
        return path;
    }
}
