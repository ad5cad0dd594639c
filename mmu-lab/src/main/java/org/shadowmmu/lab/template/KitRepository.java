package org.shadowmmu.lab.template;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Maven repository of the distribution, and copies of it.
 *
 * <p>The version of a snapshot says nothing about its content, and Maven would take whatever it once saw under that name; so a
 * copy gets a version that ends with the hash of what is in it.
 */
final class KitRepository {
    private static final String SNAPSHOT = "-SNAPSHOT";

    private final Path repository;

    KitRepository(Path repository) {
        this.repository = repository;
    }

    /** Copies the repository; returns the version of what is in the copy. */
    String copyTo(Path target) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(repository)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        String version = files.isEmpty() ? "" : name(files.get(0).resolveSibling("."));
        String own = version.endsWith(SNAPSHOT)
                ? version.substring(0, version.length() - SNAPSHOT.length()) + "-" + hash(files)
                : version;
        for (Path file : files) {
            String path = repository.relativize(file).toString().replace(version, own);
            Path copy = target.resolve(path);
            Files.createDirectories(copy.resolveSibling("."));
            if (path.endsWith(".pom")) {
                Files.writeString(copy, Files.readString(file).replace(version, own));
            } else {
                Files.copy(file, copy);
            }
        }
        return own;
    }

    private static String name(Path folder) {
        return String.valueOf(folder.normalize().getFileName());
    }

    private static String hash(List<Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(name(file).getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
