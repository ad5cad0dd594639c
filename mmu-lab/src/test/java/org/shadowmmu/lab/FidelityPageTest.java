package org.shadowmmu.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/fidelity.md} is counted from the recordings themselves. */
class FidelityPageTest {
    private static final Path RECORDINGS = Project.root().resolve("data/recordings");

    /** What one kind of recording adds up to. */
    private record Sum(long files, long operations, long events) {
        Sum plus(Sum other) {
            return new Sum(files + other.files, operations + other.operations, events + other.events);
        }

        String cells() {
            return String.format(Locale.ROOT, "%,d | %,d | %,d |", files, operations, events);
        }
    }

    @Test
    void theTableIsCountedFromTheRecordings() throws IOException {
        assertThat(Files.readAllLines(Project.root().resolve("docs/fidelity.md")))
                .containsSubsequence(rows());
    }

    private static List<String> rows() throws IOException {
        Map<String, Sum> sums = new TreeMap<>();
        Sum all = new Sum(0, 0, 0);
        for (Path file : recordings()) {
            Map<String, String> header = new TreeMap<>();
            Sum sum = new Sum(0, 0, 0);
            try (BufferedReader lines = open(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("end ")) {
                        sum = new Sum(1, number(line, "ops="), number(line, "events="));
                    } else if (!line.startsWith(" ") && !line.startsWith("op ")) {
                        String[] words = line.split(" ", 2);
                        header.putIfAbsent(words[0], words.length > 1 ? words[1] : "");
                    }
                }
            }
            sums.merge(kind(header), sum, Sum::plus);
            all = all.plus(sum);
        }
        List<String> rows = new ArrayList<>();
        sums.forEach((kind, sum) -> rows.add(kind + " | " + sum.cells()));
        rows.add("| all | | | | | " + all.cells());
        return rows;
    }

    private static String kind(Map<String, String> header) {
        return "| "
                + String.join(
                        " | ",
                        header.get("kernel").replaceAll("^(\\d+\\.\\d+).*", "$1"),
                        header.getOrDefault("vcpus", "1"),
                        header.get("mode"),
                        header.containsKey("nested") ? "yes" : "no",
                        header.get("guest").split(" ")[0]);
    }

    private static List<Path> recordings() throws IOException {
        try (Stream<Path> files = Files.walk(RECORDINGS)) {
            return files.filter(file -> file.toString().endsWith(".txt.gz"))
                    .sorted()
                    .toList();
        }
    }

    private static BufferedReader open(Path file) throws IOException {
        return new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII));
    }

    private static long number(String line, String key) {
        String rest = line.substring(line.indexOf(key) + key.length());
        return Long.parseLong(rest.split(" ")[0]);
    }
}
