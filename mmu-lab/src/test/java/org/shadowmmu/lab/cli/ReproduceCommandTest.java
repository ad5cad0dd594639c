package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published claims, scaled down: the verdicts are as the page of results says. */
class ReproduceCommandTest {
    /** Claims that are honestly not reproduced; the output says why. */
    private static final List<String> NOT_REPRODUCED = List.of("S3.6c", "S4.7");

    @TempDir
    private Path directory;

    @Test
    void everyMeasuredClaimHasItsVerdictWithAnyNumberOfJobs() throws Exception {
        Lab lab = new Lab(directory).withRecordedStreams();

        String alone = run(lab, 1);
        assertThat(lab.err()).startsWith("5 stories, 1 job").contains("[1/5] ", "[5/5] ");
        verdicts(lab);
        String page = read("results.md");
        String report = read("results.html");

        assertThat(run(lab, 3)).isEqualTo(alone);
        assertThat(lab.err()).startsWith("5 stories, 3 jobs").contains("[1/5] ", "[5/5] ");
        assertThat(read("results.md")).isEqualTo(page);
        assertThat(read("results.html")).isEqualTo(report);
    }

    /** What is printed, without times by the clock. */
    private static String run(Lab lab, int jobs) {
        String[] command = {
            "reproduce", "--quick", "--jobs", "" + jobs, "--page", "results.md", "--report", "results.html"
        };
        assertThat(lab.run(command)).isZero();
        return lab.out()
                .lines()
                .filter(line -> !line.contains("simulated time"))
                .collect(Collectors.joining("\n"));
    }

    private String read(String file) throws Exception {
        return Files.readString(directory.resolve(file));
    }

    private void verdicts(Lab lab) throws Exception {
        assertThat(claims(lab.out(), " not reproduced (")).isEqualTo(NOT_REPRODUCED);
        assertThat(claims(lab.out(), " reproduced (")).contains("S1.1", "S1.7", "S2.6", "S3.6", "S3.8", "S4.3", "S5.1");
        assertThat(read("results.md"))
                .contains("| S3.9 |", "## S5: ", "## Sensitivity", "| shadow leaf | ", "## Costs")
                .doesNotContain("null");
        assertThat(read("results.html"))
                .contains(
                        "Stale pages over boots",
                        "Time in the MMU per boot, over rounds",
                        "Longest step by order of tear-down",
                        "Referenced guest pages at 64 shadow pages",
                        "EPT violations by scope of a slot zap",
                        "Longest hold of the lock by scheme of invalidation")
                .contains(">S3.6c <span class=\"worse\">not reproduced<", ">S1.1 <span class=\"good\">reproduced<")
                .doesNotContain("src=", "url(", "NaN", "null");
        assertThat(lab.out())
                .containsPattern("in all: wall clock [0-9.]+ s with 1 job; simulated time of the MMUs: [0-9.]+ s,"
                        + " [0-9.]+ times as much, [0-9.]+ times per busy core \\([0-9.]+ s\\)");
    }

    private static List<String> claims(String text, String verdict) {
        return text.lines()
                .filter(line -> line.startsWith("S") && line.contains(verdict))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    @Test
    void aStoryThatDoesNotExistIsBadInput() {
        Lab lab = new Lab(directory).withRecordedStreams();

        assertThat(lab.run("reproduce", "S9")).isEqualTo(2);
        assertThat(lab.err()).contains("There is no story S9; there are S1, S2, S3, S4, S5.");
    }

    @Test
    void aStoryWithoutItsStreamsIsRefusedBeforeAnythingRuns() {
        Lab lab = new Lab(directory);

        assertThat(lab.run("reproduce", "--quick", "S5", "S4")).isEqualTo(2);
        assertThat(lab.err())
                .contains("Story S4 needs the recorded stream boot-6g-debian-pc, which is not in data/streams");
        assertThat(lab.out()).isEmpty();
    }

    @Test
    void oneStoryCanBeMeasuredAlone() {
        Lab lab = new Lab(directory).withRecordedStreams();

        assertThat(lab.run("reproduce", "--quick", "s4")).isZero();
        assertThat(Stream.of("S1.1", "S2.1", "S3.1", "S5.1")).noneMatch(lab.out()::contains);
    }

    @Test
    void inJsonAFindingIsWhatTheTableShows() {
        Lab lab = new Lab(directory);

        assertThat(lab.run("reproduce", "--quick", "--json", "S5")).isZero();

        assertThat(lab.out())
                .contains("\"claim\":\"S5.1\"")
                .doesNotContain("pricing")
                .doesNotContain("Verdicts");
    }
}
