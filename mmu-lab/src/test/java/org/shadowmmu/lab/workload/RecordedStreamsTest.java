package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.lab.Project;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The recorded streams say what was counted when they were made. */
class RecordedStreamsTest {
    private static final Path STREAMS = Project.root().resolve("data/streams");

    @ParameterizedTest
    @ValueSource(strings = {"rom-1g.gpas.gz", "boot-1g-gva.gpas.gz", "gcc-1g-smp2.gpas.gz"})
    void aStreamCountsAsWhenItWasRecorded(String file) throws IOException {
        check(file);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("files")
    void everyStreamCountsAsWhenItWasRecorded(String file) throws IOException {
        check(file);
    }

    /** Every stream file has its statistics, and no statistics are without their file. */
    @Test
    void streamsAndStatisticsAreComplete() throws IOException {
        try (Stream<Path> files = Files.list(STREAMS)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".gz")))
                    .containsExactlyInAnyOrderElementsOf(files().toList());
        }
    }

    /** Reading must cost little beside replaying: 20 million entries a second is the aim, half of it must be seen here. */
    @Tag("long")
    @Test
    void readingIsFast() {
        Path file = STREAMS.resolve("fw-q35.gpas.gz");
        double best = 0;
        for (int i = 0; i < 6; i++) {
            long[] entries = new long[1];
            long start = System.nanoTime();
            StreamReader.read(file, new StreamVisitor() {
                @Override
                public void access(EntryKind kind, long gfn) {
                    entries[0] += 1 + (gfn & 0);
                }
            });
            best = Math.max(best, entries[0] / ((System.nanoTime() - start) / 1e9));
        }
        System.out.printf("read %.1f million entries a second%n", best / 1e6);
        assertThat(best).isGreaterThan(10e6);
    }

    private static void check(String file) throws IOException {
        JsonNode expected = statistics(file);
        StreamStatistics actual = new StreamStatistics();
        StreamReader.read(STREAMS.resolve(file), actual);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("instructions", actual.instructions);
        facts.put("accesses", actual.accesses);
        facts.put("windows", actual.windows);
        facts.put("slot_changes", actual.slotChanges);
        facts.put("distinct_gfns", actual.frames.size());
        facts.put("distinct_2m", actual.regions.size());
        facts.put("distinct_table_pages", actual.tables.size());
        facts.put("distinct_cr3", actual.roots.size());
        facts.put("region_refs", actual.regionReferences);
        facts.put("region_misses_fifo_60", actual.fifoMisses);
        Map<String, Object> recorded = new LinkedHashMap<>();
        facts.keySet().forEach(name -> recorded.put(name, expected.get(name).asLong()));
        assertThat(facts).isEqualTo(recorded);
        assertThat(actual.entries).isEqualTo(counts(expected.get("entries")));
        assertThat(actual.events).isEqualTo(counts(expected.get("events")));
    }

    private static Map<String, Long> counts(JsonNode node) {
        Map<String, Long> counts = new TreeMap<>();
        node.properties()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
        return counts;
    }

    private static JsonNode statistics(String file) throws IOException {
        return all().filter(one -> one.get("file").asString().equals(file))
                .findFirst()
                .orElseThrow();
    }

    static Stream<String> files() throws IOException {
        return all().map(one -> one.get("file").asString());
    }

    private static Stream<JsonNode> all() throws IOException {
        JsonNode json = JsonMapper.shared().readTree(Files.readString(STREAMS.resolve("STATS.json")));
        return StreamSupport.stream(json.spliterator(), false);
    }
}
