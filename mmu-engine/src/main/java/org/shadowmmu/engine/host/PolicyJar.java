package org.shadowmmu.engine.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.engine.policy.PolicyOrigin;

/**
 * What a policy jar says of itself before any of its code runs.
 *
 * @param origin its name, version and hash
 * @param providers the class names in its services entry, in order, each once
 * @param bundlesApi whether it holds classes of the SPI, which are never used
 */
record PolicyJar(PolicyOrigin origin, List<String> providers, boolean bundlesApi) {
    static final String SERVICES = "META-INF/services/" + PolicyProvider.class.getName();

    private static final String API_PACKAGE = "org/shadowmmu/api/";

    /**
     * Reads a jar.
     *
     * @throws JarProblem if it is no readable jar, has no services entry, or leans on other jars
     */
    static PolicyJar read(Path file) throws JarProblem {
        String name = String.valueOf(file.getFileName());
        // URLClassLoader takes a corrupt jar for an empty one and says nothing, so it is opened here first.
        try (JarFile jar = new JarFile(file.toFile())) {
            Attributes attributes = mainAttributes(jar);
            @Nullable String classPath = attributes.getValue(Attributes.Name.CLASS_PATH);
            if (classPath != null && !classPath.isBlank()) {
                throw new JarProblem(
                        name + " names other jars in the Class-Path of its manifest; pack their classes into"
                                + " it, so that its hash says what ran.");
            }
            @Nullable String version = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            return new PolicyJar(
                    new PolicyOrigin(name, version == null ? "" : version, sha256(file)),
                    providers(name, jar),
                    jar.stream().map(ZipEntry::getName).anyMatch(PolicyJar::isApiClass));
        } catch (IOException | RuntimeException e) {
            throw new JarProblem(name + " cannot be read as a jar (" + e.getMessage() + "); build or copy it again.");
        }
    }

    private static Attributes mainAttributes(JarFile jar) throws IOException {
        @Nullable Manifest manifest = jar.getManifest();
        return manifest == null ? new Attributes() : manifest.getMainAttributes();
    }

    private static boolean isApiClass(String entry) {
        return entry.startsWith(API_PACKAGE) && entry.endsWith(".class");
    }

    /** Reads the services entry as {@link java.util.ServiceLoader} does. */
    private static List<String> providers(String name, JarFile jar) throws IOException, JarProblem {
        @Nullable ZipEntry entry = jar.getEntry(SERVICES);
        if (entry == null) {
            throw new JarProblem(name + " has no entry " + SERVICES
                    + "; add that file, with the class name of the provider on a line of its own.");
        }
        Set<String> names = new LinkedHashSet<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(jar.getInputStream(entry), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int comment = line.indexOf('#');
                String className = (comment < 0 ? line : line.substring(0, comment)).strip();
                if (!className.isEmpty()) {
                    names.add(className);
                }
            }
        }
        if (names.isEmpty()) {
            throw new JarProblem(name + " names no provider in " + SERVICES
                    + "; write the class name of the provider there, on a line of its own.");
        }
        return List.copyOf(names);
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
