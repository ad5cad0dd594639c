package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --figures} and {@code --png}: charts as files. */
class FigureOptionsTest {
    /** The colours of the first two policies, on white. */
    private static final int FIRST = 0x0b63b0;

    private static final int SECOND = 0xc8500a;

    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
        lab.file(
                "x.yaml",
                "{name: x, policies: [fifo, lru-moveup], workloads: [thrash], quotas: [64],"
                        + " matrix: {era: [linux-6.1, linux-6.12]}}");
    }

    /** One file per chart, with hosts told apart, and nothing in it that only browsers understand. */
    @Test
    void everyChartIsAFileOfItsOwn() throws IOException {
        assertThat(lab.run("run", "x.yaml", "--quiet")).isZero();
        assertThat(lab.run("report", "results/x", "--figures", "f"))
                .as(lab.err())
                .isZero();
        assertThat(names("f"))
                .containsExactly(
                        "thrash-64-linux-6.1-faults.svg",
                        "thrash-64-linux-6.1-mapped.svg",
                        "thrash-64-linux-6.1-reclaimed.svg",
                        "thrash-64-linux-6.1-referenced.svg",
                        "thrash-64-linux-6.1-stale.svg",
                        "thrash-64-linux-6.1-used.svg",
                        "thrash-64-linux-6.12-faults.svg",
                        "thrash-64-linux-6.12-mapped.svg",
                        "thrash-64-linux-6.12-reclaimed.svg",
                        "thrash-64-linux-6.12-referenced.svg",
                        "thrash-64-linux-6.12-stale.svg",
                        "thrash-64-linux-6.12-used.svg");
        assertThat(lab.read("f/thrash-64-linux-6.1-faults.svg"))
                .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                .contains(".c0{color:#0b63b0}", "prefers-color-scheme: dark")
                .doesNotContain("var(", "<script");
    }

    @Test
    void asPngTheyShowTheSame() throws IOException {
        assumeTrue(fonts(), "Java finds no fonts here: PNG charts were not drawn");
        assertThat(lab.run(
                        "ab",
                        "fifo",
                        "lru-moveup",
                        "--workload",
                        "thrash",
                        "--quota",
                        "64,70,80",
                        "--trials",
                        "8",
                        "--quiet",
                        "--out",
                        "r",
                        "--figures",
                        "f",
                        "--png"))
                .as(lab.err())
                .isZero();
        assertThat(names("f"))
                .contains("intervals.svg", "intervals.png", "thrash-curve.png", "thrash-64-stretches.png");
        BufferedImage curve = ImageIO.read(folder.resolve("f/thrash-curve.png").toFile());
        assertThat(curve.getWidth()).isEqualTo(2 * 880);
        assertThat(curve.getRGB(1, 1) & 0xffffff).isEqualTo(0xffffff);
        assertThat(pixels(curve, FIRST)).isGreaterThan(300);
        assertThat(pixels(curve, SECOND)).isGreaterThan(300);
    }

    @Test
    void pngWithoutAFolderIsBadInput() {
        assertThat(lab.run("report", "nowhere", "--png")).isEqualTo(2);
        assertThat(lab.err()).isEqualTo("--png needs --figures DIR, the folder for the charts.\n");
    }

    private static boolean fonts() {
        try {
            return GraphicsEnvironment.getLocalGraphicsEnvironment().getAllFonts().length > 0;
        } catch (LinkageError | InternalError e) {
            return false;
        }
    }

    private static long pixels(BufferedImage image, int colour) {
        long pixels = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                pixels += (image.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
            }
        }
        return pixels;
    }

    private TreeSet<String> names(String directory) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder.resolve(directory))) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }
}
