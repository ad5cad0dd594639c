package org.shadowmmu.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs policies into jars, as users have them: the built-in ones from their compiled modules, others from test classes. */
public final class PolicyJars {
    private static final String SERVICES = "META-INF/services/org.shadowmmu.api.PolicyProvider";

    private PolicyJars() {}

    /** Packs the four built-in policies into {@code folder}. */
    public static void builtIn(Path folder) {
        for (String name : List.of("fifo", "lru-moveup", "leaf-first", "tdp-childzap")) {
            ofFolder(
                    Project.root().resolve("policy-" + name + "/target/classes"),
                    folder.resolve("policy-" + name + ".jar"));
        }
    }

    /** Packs what lies in a folder. */
    public static void ofFolder(Path classes, Path jar) {
        write(jar, zip -> {
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    add(zip, classes.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
        });
    }

    /** Packs one provider and the classes it needs. */
    public static void of(Path jar, Class<?> provider, Class<?>... others) {
        write(jar, zip -> {
            add(zip, SERVICES, provider.getName().getBytes(StandardCharsets.UTF_8));
            for (Class<?> type :
                    Stream.concat(Stream.of(provider), Stream.of(others)).toList()) {
                String entry = type.getName().replace('.', '/') + ".class";
                add(zip, entry, type.getClassLoader().getResourceAsStream(entry).readAllBytes());
            }
        });
    }

    private interface Content {
        void writeTo(ZipOutputStream zip) throws IOException;
    }

    private static void write(Path jar, Content content) {
        try {
            Files.createDirectories(jar.getParent());
            try (OutputStream out = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                content.writeTo(zip);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
