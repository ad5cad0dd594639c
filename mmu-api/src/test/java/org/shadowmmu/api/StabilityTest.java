package org.shadowmmu.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every type of the SPI says since when it is there and what it promises. */
class StabilityTest {
    private static final Path SOURCES = Path.of("src/main/java/org/shadowmmu/api");

    @Test
    void everyTypeSaysSinceWhenAndWhatItPromises() throws Exception {
        assertThat(types()).hasSizeGreaterThan(20);
        for (Path source : types()) {
            String name = source.getFileName().toString().replace(".java", "");
            assertThat(Files.readString(source)).as(name).containsPattern("@since \\d+\\.\\d+\n \\*/\n@");
            assertThat(Class.forName("org.shadowmmu.api." + name).getAnnotation(Status.class))
                    .as(name)
                    .isNotNull();
        }
    }

    /** The build compares with this jar; if it held no types, everything would be an addition. */
    @Test
    void theBaselineHoldsTheTypesOfItsVersion() throws IOException {
        try (JarFile jar = new JarFile("src/baseline/mmu-api-1.0.jar")) {
            assertThat(jar.stream().map(JarEntry::getName).filter(name -> name.endsWith(".class")))
                    .hasSizeGreaterThan(20)
                    .contains("org/shadowmmu/api/MmuPolicy.class", "org/shadowmmu/api/ShadowPageView.class");
        }
    }

    private static List<Path> types() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> !file.endsWith("package-info.java"))
                    .sorted()
                    .toList();
        }
    }
}
