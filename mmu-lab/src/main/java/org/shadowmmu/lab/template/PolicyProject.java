package org.shadowmmu.lab.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.shadowmmu.lab.BadInputException;

/** A Maven project for one policy, complete: a policy that works, its test, an experiment, and the SPI beside them. */
public final class PolicyProject {
    private static final String ID = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

    private final String id;
    private String version = "";

    /**
     * Plans a project.
     *
     * @param id the id of the policy
     * @throws BadInputException if no policy may have this id
     */
    public PolicyProject(String id) {
        if (id.length() > 40 || !id.matches(ID)) {
            throw new BadInputException(
                    "A policy id has 1 to 40 lower-case letters, digits and inner hyphens, and starts with a letter; '"
                            + id + "' has not.");
        }
        this.id = id;
    }

    /**
     * Writes the project.
     *
     * @param repository the Maven repository with the SPI, which is copied
     * @throws BadInputException if the folder holds something, or cannot be written
     */
    public void write(Path folder, Path repository) {
        if (!Files.isDirectory(repository)) {
            throw new BadInputException(
                    "This lab does not run from its distribution, so it has no SPI to give along; use ./shadowmmu.");
        }
        try {
            if (Files.exists(folder) && !isEmpty(folder)) {
                throw new BadInputException(folder + " exists and is not empty; name another folder with --out.");
            }
            version = new KitRepository(repository).copyTo(folder.resolve("repository"));
            for (Map.Entry<String, String> file : files().entrySet()) {
                Path path = folder.resolve(file.getKey());
                Files.createDirectories(path.resolveSibling("."));
                Files.writeString(path, file.getValue());
            }
        } catch (IOException e) {
            throw new BadInputException("The project cannot be written to " + folder + ": " + e + ".", e);
        }
    }

    private Map<String, String> files() throws IOException {
        String folder = packageName().replace('.', '/');
        Map<String, String> files = new LinkedHashMap<>();
        files.put("README.md", filled("README.md"));
        files.put("pom.xml", filled("pom.xml"));
        files.put("experiment.yaml", filled("experiment.yaml"));
        files.put("src/main/java/" + folder + "/" + className() + ".java", filled("Policy.java"));
        files.put("src/main/java/" + folder + "/" + className() + "Provider.java", filled("Provider.java"));
        files.put("src/test/java/" + folder + "/" + className() + "Test.java", filled("PolicyTest.java"));
        files.put(
                "src/main/resources/META-INF/services/org.shadowmmu.api.PolicyProvider",
                packageName() + "." + className() + "Provider\n");
        return files;
    }

    private String filled(String template) throws IOException {
        try (InputStream in = PolicyProject.class.getResourceAsStream(template)) {
            if (in == null) {
                throw new IllegalStateException("the template " + template + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@id@", id)
                    .replace("@Class@", className())
                    .replace("@package@", packageName())
                    .replace("@version@", version);
        }
    }

    private String packageName() {
        return "org.example." + id.replace("-", "");
    }

    /** {@code MyPolicy} for {@code my-policy}, {@code ClockPolicy} for {@code clock}. */
    private String className() {
        StringBuilder name = new StringBuilder();
        for (String word : id.split("-")) {
            name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return id.endsWith("policy") ? name.toString() : name + "Policy";
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
