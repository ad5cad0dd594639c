package org.shadowmmu.lab.workload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folders that hold data of one kind: that of each root, and of the folders above it.
 *
 * @param roots where to begin, in order
 * @param folder where such data lies, such as {@code data/streams}
 */
record DataFolders(List<Path> roots, Path folder) {
    DataFolders {
        roots = List.copyOf(roots);
    }

    /** The same with a root that is looked in first. */
    DataFolders startingAt(Path first) {
        List<Path> all = new ArrayList<>(List.of(first));
        all.addAll(roots);
        return new DataFolders(all, folder);
    }

    /** Those that exist, nearest first. */
    List<Path> all() {
        List<Path> folders = new ArrayList<>();
        for (Path root : roots) {
            for (Path at = root.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
                Path here = at.resolve(folder);
                if (Files.isDirectory(here) && !folders.contains(here)) {
                    folders.add(here);
                }
            }
        }
        return folders;
    }
}
