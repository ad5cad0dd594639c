package org.shadowmmu.lab.policies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.engine.policy.CallLimit;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;
import org.shadowmmu.lab.template.PolicyProject;
import org.shadowmmu.tck.JarExam;

/** A project made by {@code policies new} builds outside this one, its tests pass, and its jar is sound. */
class NewPolicyTest {
    private static final String VERSION = "9.9-SNAPSHOT";

    @TempDir
    Path folder;

    /** The repository of the distribution, from the classes at hand. */
    private Path repository() throws IOException {
        String parent = Files.readString(Project.root().resolve("pom.xml"));
        for (String artifact : List.of("mmu-api", "mmu-engine", "policy-tck")) {
            Path place = folder.resolve("kit/org/shadowmmu/" + artifact + "/" + VERSION);
            PolicyJars.ofFolder(
                    Project.root().resolve(artifact + "/target/classes"),
                    place.resolve(artifact + "-" + VERSION + ".jar"));
            String pom = Files.readString(
                            Project.root().resolve("mmu-lab/src/assembly/repository/" + artifact + ".pom"))
                    .replace("${project.version}", VERSION);
            for (String property : List.of("jspecify.version", "slf4j.version")) {
                pom = pom.replace("${" + property + "}", property(parent, property));
            }
            Files.writeString(place.resolve(artifact + "-" + VERSION + ".pom"), pom);
        }
        return folder.resolve("kit");
    }

    private static String property(String pom, String name) {
        Matcher matcher = Pattern.compile("<" + name + ">(.*?)</").matcher(pom);
        assertThat(matcher.find()).as(name).isTrue();
        return matcher.group(1);
    }

    @Test
    void aNewProjectBuildsAndItsJarIsSound() throws Exception {
        Path project = folder.resolve("my-policy");
        new PolicyProject("my-policy").write(project, repository());

        Path log = folder.resolve("maven.log");
        Process maven = new ProcessBuilder(
                        Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                        "-B",
                        "-q",
                        "-ntp",
                        "package")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(maven.waitFor(120, TimeUnit.SECONDS)).as("Maven ended").isTrue();
        assertThat(maven.exitValue()).as(Files.readString(log)).isZero();
        assertThat(project.resolve("target/surefire-reports/TEST-org.example.mypolicy.MyPolicyTest.xml"))
                .content(StandardCharsets.UTF_8)
                .contains("tests=\"5\"", "failures=\"0\"", "errors=\"0\"");

        JarExam.Result result = new JarExam(CallLimit.DEFAULT).of(project.resolve("target/my-policy.jar"));
        assertThat(result.objections()).isEmpty();
        assertThat(result.warnings()).isEmpty();
        assertThat(result.policies()).containsExactly("my-policy");
    }

    /** Maven would take whatever it once saw under the name of a snapshot. */
    @Test
    void theKitInAProjectIsNoSnapshot() throws IOException {
        Path project = folder.resolve("clock");
        new PolicyProject("clock").write(project, repository());

        assertThat(project.resolve("pom.xml"))
                .content()
                .doesNotContain("SNAPSHOT")
                .contains("<shadowmmu.version>9.9-");
        assertThat(project.resolve("src/main/java/org/example/clock/ClockPolicyProvider.java"))
                .exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"My-Policy", "", "9lives", "a--b", "-a", "a b"})
    void anIdThatNoPolicyMayHaveIsRefused(String id) {
        assertThatThrownBy(() -> new PolicyProject(id))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("A policy id has");
    }

    @Test
    void aFolderThatHoldsSomethingIsLeftAlone() throws IOException {
        Path repository = repository();

        assertThatThrownBy(() -> new PolicyProject("my-policy").write(folder, repository))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("is not empty");
    }
}
