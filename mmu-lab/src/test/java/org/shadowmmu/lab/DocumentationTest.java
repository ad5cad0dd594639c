package org.shadowmmu.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shadowmmu.lab.experiment.Documentation;
import org.shadowmmu.lab.store.Json;
import org.shadowmmu.lab.store.Metric;

/** The tables of {@code docs/experiments.md} are those that the declarations in the code give. */
class DocumentationTest {
    @Test
    void everyKeyIsDocumentedAsDeclared() throws IOException {
        assertThat(lines()).containsSubsequence(Documentation.rows());
    }

    /** Made with {@code ./shadowmmu schema > docs/experiment.schema.json}. */
    @Test
    void thePublishedSchemaIsThatOfTheRecords() throws IOException {
        assertThat(Files.readString(Project.root().resolve("docs/experiment.schema.json")))
                .isEqualTo(Json.pretty(Documentation.schema()));
    }

    @Test
    void theReferenceFileHasEveryKeyAndWhatItMeans() throws IOException {
        List<String> reference = Files.readAllLines(Project.root().resolve("experiments/reference.yaml"));
        for (String key : Documentation.keys()) {
            assertThat(reference)
                    .as(key)
                    .anySatisfy(line -> assertThat(line.strip().replaceFirst("^- |^[{]", ""))
                            .startsWith(key + ":"));
        }
        for (String row : Documentation.rows()) {
            String meaning = row.split(" \\| ")[1];
            assertThat(String.join(" ", reference).replaceAll("\\s*#\\s*", " ")).contains(meaning);
        }
    }

    @Test
    void everyMetricIsDocumentedAsDeclared() throws IOException {
        List<String> rows = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            rows.add("| `" + metric.key() + "` | " + metric.title() + " | " + metric.unit() + " | " + metric.meaning()
                    + " |");
        }
        assertThat(lines()).containsSubsequence(rows);
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Project.root().resolve("docs/experiments.md"));
    }
}
