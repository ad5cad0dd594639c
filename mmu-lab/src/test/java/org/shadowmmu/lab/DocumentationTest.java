package org.shadowmmu.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shadowmmu.lab.experiment.Experiment;
import org.shadowmmu.lab.experiment.Key;
import org.shadowmmu.lab.experiment.PolicyEntry;
import org.shadowmmu.lab.store.Metric;

/** The tables of {@code docs/experiments.md} are those that the declarations in the code give. */
class DocumentationTest {
    @Test
    void everyKeyIsDocumentedAsDeclared() throws IOException {
        List<String> rows = new ArrayList<>();
        for (Class<?> type : List.of(Experiment.class, PolicyEntry.class)) {
            for (RecordComponent component : type.getRecordComponents()) {
                Key key = component.getAnnotation(Key.class);
                rows.add("| `" + (key.name().isEmpty() ? component.getName() : key.name()) + "` | " + key.meaning()
                        + " | " + key.takes() + " | "
                        + (key.defaultText().isEmpty() ? "not allowed" : key.defaultText()) + " |");
            }
        }
        assertThat(lines()).containsSubsequence(rows);
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
