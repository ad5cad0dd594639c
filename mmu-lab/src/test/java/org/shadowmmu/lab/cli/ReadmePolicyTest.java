package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.Project;

/** The policy in the README compiles as it stands, is found in the folder {@code policies}, and is FIFO. */
class ReadmePolicyTest {
    private static final Pattern EXAMPLE = Pattern.compile("<!-- policy -->\n```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    @Test
    void thePolicyOfTheReadmeIsFifo() throws IOException {
        Lab lab = new Lab(directory);
        compileInto(lab.made("policies/my-fifo.jar"));
        lab.file("ab.yaml", """
                name: ab
                policies: [fifo, my-fifo]
                workloads: [thrash]
                quotas: [64]
                """);

        assertThat(lab.run(
                        "run",
                        directory.resolve("ab.yaml").toString(),
                        "--out",
                        directory.resolve("r").toString()))
                .as(lab.err())
                .isZero();

        List<String> rows = lab.out()
                .lines()
                .filter(line -> line.matches("  (my-)?fifo .*"))
                .map(line -> line.replaceAll("(my-)?fifo|same|\\s+", " ").trim().replaceAll(" +", " "))
                .toList();
        assertThat(rows).hasSize(2);
        assertThat(rows.get(1)).isEqualTo(rows.get(0));
        assertThat(rows.get(0)).doesNotStartWith("0 ");
    }

    private void compileInto(Path jar) throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(Project.root().resolve("README.md")));
        assertThat(example.find()).isTrue();
        Path source = Files.writeString(directory.resolve("MyFifo.java"), example.group(1));
        Path classes = Files.createDirectory(directory.resolve("classes"));
        String api = Project.root().resolve("mmu-api/target/classes").toString();
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-cp", api, "-d", classes.toString(), source.toString());
        assertThat(code).isZero();
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out)) {
            add(zip, "META-INF/services/org.shadowmmu.api.PolicyProvider", "MyFifo".getBytes(StandardCharsets.UTF_8));
            try (Stream<Path> files = Files.list(classes)) {
                for (Path file : files.sorted().toList()) {
                    add(zip, file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        }
    }

    private static void add(JarOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new JarEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }
}
