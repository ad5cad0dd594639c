package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.time.CostFile;

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

    @Test
    void inJsonTheNumberOfJobsChangesNoByteEither() {
        Lab lab = new Lab(directory);

        assertThat(lab.run("reproduce", "--quick", "--json", "--jobs", "1", "S5"))
                .isZero();
        String alone = lab.out();
        assertThat(lab.run("reproduce", "--quick", "--json", "--jobs", "3", "S5"))
                .isZero();
        assertThat(lab.out()).isEqualTo(alone).contains("\"simulatedSeconds\":");
    }

    @Test
    void aMeasurementThatFailsSaysWhatItsOwnTroubleIs() throws Exception {
        Lab lab = new Lab(directory).withRecordedStreams();
        Files.writeString(directory.resolve("data/streams/boot-1g.gpas.gz"), "no stream");

        assertThat(lab.run("reproduce", "--quick", "--jobs", "2", "S1")).isEqualTo(2);
        assertThat(lab.err()).contains("boot-1g.gpas.gz").doesNotContain("Exception");
    }

    @Test
    void costsOfAFilePriceTheSameWorkAndAreNamedEverywhere() throws Exception {
        Lab lab = new Lab(directory);
        Files.writeString(directory.resolve("mine.yaml"), "shadow-leaf:\n  nanos: 176\n");
        String[] command = {
            "reproduce", "--quick", "S5", "--costs", "mine.yaml", "--page", "mine.md", "--report", "mine.html"
        };
        String changed = "shadow-leaf 176 ns instead of 88 (given by mine.yaml)";

        assertThat(lab.run(command)).isZero();
        assertThat(lab.out())
                .startsWith("Costs that are not the built-in ones: " + changed + ".")
                .contains("S5.1   not reproduced (fitted)", "simulated  92.");
        assertThat(read("mine.md")).contains(changed, "| shadow leaf | 176 | given | given by mine.yaml |");
        assertThat(read("mine.html")).contains(changed, "Which cost carries which verdict", "The figures that move");

        assertThat(lab.run("reproduce", "--quick", "S5", "--costs", "mine.yaml", "--json"))
                .isZero();
        assertThat(lab.out())
                .contains("\"changedCosts\":[{\"cost\":\"shadow-leaf\",\"nanos\":176.0,\"builtIn\":88.0,"
                        + "\"source\":\"given by mine.yaml\"}]");
    }

    @Test
    void costsThatCannotBeAreRefusedBeforeAnythingRuns() throws Exception {
        Lab lab = new Lab(directory);
        Files.writeString(directory.resolve("mine.yaml"), "shadow-leaf:\n  nanos: -1\n");

        assertThat(lab.run("reproduce", "S5", "--costs", "mine.yaml")).isEqualTo(2);
        assertThat(lab.err())
                .contains(
                        "mine.yaml, line 2: 'nanos' must be a number of nanoseconds from 0 to 1,000,000,000, not -1.");
        assertThat(lab.out()).isEmpty();
    }

    @Test
    void theBuiltInCostsCanBePrinted() {
        Lab lab = new Lab(directory);

        assertThat(lab.run("reproduce", "--print-costs")).isZero();
        assertThat(lab.out()).isEqualTo(CostFile.builtIn()).contains("chain-step:\n  nanos: 100\n");
    }

    @Test
    void noJobsIsBadInput() {
        Lab lab = new Lab(directory);

        assertThat(lab.run("reproduce", "--jobs", "0", "S5")).isEqualTo(2);
        assertThat(lab.err()).contains("--jobs must be 1 or more, not 0.");
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

        assertThat(lab.run("reproduce", "--quick", "s2")).isZero();
        assertThat(Stream.of("S1.1", "S3.1", "S4.1", "S5.1")).noneMatch(lab.out()::contains);
    }

    @Test
    void inJsonAFindingIsWhatTheTableShows() {
        Lab lab = new Lab(directory);

        assertThat(lab.run("reproduce", "--quick", "--json", "S5")).isZero();

        assertThat(lab.out())
                .contains("\"claim\":\"S5.1\"")
                .contains("\n{\"sensitivity\":")
                .doesNotContain("pricing")
                .doesNotContain("Verdicts");
    }
}
