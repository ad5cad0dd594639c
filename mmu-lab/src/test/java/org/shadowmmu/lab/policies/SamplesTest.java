package org.shadowmmu.lab.policies;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.engine.policy.CallLimit;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;
import org.shadowmmu.tck.JarExam;

/** The numbered samples: they compile against the SPI alone, are short, and are sound. */
class SamplesTest {
    private static final Path SAMPLES = Project.root().resolve("examples/policies/src/main");

    @TempDir
    Path folder;

    @Test
    void everySampleSeesTheSpiAloneAndIsSound() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(sources(), classes);
        Path services = classes.resolve("META-INF/services/org.shadowmmu.api.PolicyProvider");
        Files.createDirectories(services.getParent());
        Files.copy(SAMPLES.resolve("resources/META-INF/services/org.shadowmmu.api.PolicyProvider"), services);
        Path jar = folder.resolve("samples.jar");
        PolicyJars.ofFolder(classes, jar);

        JarExam.Result result = new JarExam(CallLimit.DEFAULT).of(jar);

        assertThat(result.objections()).isEmpty();
        assertThat(result.warnings()).isEmpty();
        assertThat(result.policies()).hasSameSizeAs(sources());
    }

    @Test
    void noSampleIsLongerThanAScreen() throws IOException {
        assertThat(sources()).hasSizeGreaterThanOrEqualTo(8);
        for (Path source : sources()) {
            assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThan(60);
        }
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(SAMPLES.resolve("java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(List<Path> sources, Path target) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            files.setLocationFromPaths(
                    StandardLocation.CLASS_PATH, List.of(Project.root().resolve("mmu-api/target/classes")));
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(target));
            assertThat(compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    List.of("--release", "17", "-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources))
                            .call())
                    .as(messages.toString())
                    .isTrue();
        }
    }
}
