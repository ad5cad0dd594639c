package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.PolicyJars;
import org.shadowmmu.lab.Project;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ab} and {@code explain} as a user meets them. */
class AbCommandTest {
    @TempDir
    private Path directory;

    private Lab lab;

    @BeforeEach
    void lab() {
        lab = new Lab(directory);
    }

    @Test
    void theVerdictComesFirstAndTheReportSaysWhatItMeans() {
        int code =
                lab.run("ab", "fifo", "lru-moveup", "--workload", "thrash", "--quota", "64", "--quiet", "--out", "r");
        assertThat(code).isZero();
        assertThat(lab.out())
                .startsWith("thrash at 64 shadow pages\n  ")
                .contains("95 % interval")
                .contains("foresight")
                .containsPattern("\n  MMU time  +[0-9.]+ [\u00b5m]s  +[0-9.]+ [\u00b5m]s  ")
                .contains("not other jobs");
        JsonNode run = new JsonMapper()
                .readTree(lab.read("r/ab.json"))
                .path("places")
                .get(0)
                .path("runs")
                .get(0);
        for (int i = 0; i < 30; i++) {
            assertThat(run.path("stretches").path("mmu_time_ns").get(i).asLong())
                    .isGreaterThanOrEqualTo(
                            2000 * run.path("stretches").path("faults").get(i).asLong());
        }
        assertThat(lab.read("r/report.html"))
                .contains("Simulated time that the MMU worked")
                .contains("What the intervals mean")
                .contains("shadowmmu ab fifo lru-moveup --workload thrash --quota 64 --trials 30")
                .contains("SHA-256");
    }

    /** Moving all ancestors up at every leaf may cost more than the faults it saves; the verdict says both. */
    @Test
    void verdictOnFaultsSaysWhatBecomesOfItInTime() {
        lab.run("ab", "fifo", "lru-moveup", "--workload", "thrash", "--quota", "64", "--quiet", "--out", "r");
        assertThat(lab.out())
                .containsPattern(
                        "lru-moveup is better than fifo: [0-9.]+ % fewer page faults \\(95 % interval [^)]+\\)\\. "
                                + "In MMU time it is worse: [0-9.]+ % more \\(95 % interval");
        lab.run("ab", "fifo", "lru-moveup", "--workload", "fits", "--quiet", "--out", "s", "--trials", "8");
        assertThat(lab.out()).contains("took the very same page faults").doesNotContain("In MMU time");
    }

    @Test
    void theJsonIsTheSameForAnyNumberOfJobs() {
        String[] command = {
            "ab", "fifo", "lru-moveup:on=allocation", "--workload", "thrash,fits", "--quota", "64,binding,default"
        };
        lab.run(with(command, "--out", "one", "--jobs", "1", "--quiet"));
        lab.run(with(command, "--out", "four", "--jobs", "4", "--json", "--quiet"));
        assertThat(lab.read("one/ab.json")).isEqualTo(lab.read("four/ab.json")).isEqualTo(lab.out());
    }

    @Test
    void whereNothingIsReclaimedEverythingIsIdentical() {
        lab.run("ab", "fifo", "lru-moveup", "--workload", "fits", "--quiet", "--out", "r", "--trials", "8");
        assertThat(lab.out()).contains("the very same page faults").contains("no shadow page was reclaimed");
        assertThat(lab.out()).contains("Warning: No shadow page was reclaimed");
    }

    @Test
    void noOrderMakesFewerPagesThanTheBound() {
        lab.run(
                "ab",
                "fifo",
                "lru-moveup",
                "leaf-first",
                "--workload",
                "thrash",
                "--quota",
                "64,70,80",
                "--json",
                "--quiet",
                "--out",
                "r");
        JsonNode result = JsonMapper.shared().readTree(lab.out());
        assertThat(result.path("places")).hasSize(3);
        for (JsonNode place : result.path("places")) {
            long bound = place.path("fewestCreated").asLong();
            assertThat(bound).isPositive();
            for (JsonNode run : place.path("runs")) {
                assertThat(run.path("total").path("created").asLong()).isGreaterThanOrEqualTo(bound);
            }
            assertThat(place.path("foresight").path("total").path("created").asLong())
                    .isGreaterThanOrEqualTo(bound)
                    .isLessThanOrEqualTo(place.path("runs")
                            .get(0)
                            .path("total")
                            .path("created")
                            .asLong());
        }
        assertThat(lab.read("r/report.html")).contains("Cost against quota");
    }

    /** A policy that breaks is told of, in the terminal, the report and the exit code; the others are compared. */
    @Test
    void aFailedPolicyIsExitCodeOneAndTheOthersAreCompared() {
        PolicyJars.of(directory.resolve("mine/throws.jar"), ThrowingProvider.class, ThrowingProvider.Throwing.class);
        int code = lab.run(
                "ab",
                "fifo",
                "throws",
                "lru-moveup",
                "--policies",
                "mine",
                "--workload",
                "thrash",
                "--quota",
                "64",
                "--trials",
                "8",
                "--quiet",
                "--out",
                "r");
        assertThat(code).isEqualTo(1);
        assertThat(lab.out())
                .contains("throws on thrash at quota 64 failed: ", "lru-moveup")
                .doesNotContain("throws is better", "throws is worse", "between throws and");
        assertThat(lab.read("r/report.html")).contains("Policies that failed");
        JsonNode place = JsonMapper.shared()
                .readTree(lab.read("r/ab.json"))
                .path("places")
                .get(0);
        assertThat(place.path("comparisons")).hasSize(1);
        assertThat(place.path("comparisons").get(0).path("label").asString()).isEqualTo("lru-moveup");
        assertThat(lab.run("ab", "--help")).isZero();
        assertThat(lab.out())
                .contains("0   every policy ran to its end", "1   a policy failed", "2   bad input", "Examples:");
    }

    @Test
    void aComparisonIsNoRun() {
        lab.run("ab", "fifo", "lru-moveup", "--workload", "fits", "--quiet", "--out", "r", "--trials", "8");
        assertBad(
                "r holds a comparison made by 'ab', not a run; its report.html and ab.json are complete.",
                "report",
                "r");
        lab.file("x.yaml", "{name: x, policies: [fifo], workloads: [fits]}");
        assertBad("not empty", "run", "x.yaml", "--out", "r");
    }

    @Test
    void badInputIsASentenceAndExitCodeTwo() {
        assertBad(
                "There is no stream 'thrush'; did you mean 'thrash'?",
                "ab",
                "fifo",
                "lru-moveup",
                "--workload",
                "thrush");
        assertBad("'default', 'binding' or", "ab", "fifo", "lru-moveup", "--workload", "fits", "--quota", "3");
        assertBad("--trials must be", "ab", "fifo", "lru-moveup", "--workload", "fits", "--trials", "2");
        assertBad("two different policies", "ab", "fifo", "fifo", "--workload", "fits");
        assertBad("ID:PARAMETER=VALUE", "ab", "fifo", "lru-moveup:mapping", "--workload", "fits");
        assertBad("lru-moveop", "ab", "fifo", "lru-moveop", "--workload", "fits");
    }

    @Test
    void explainTellsTheLifeOfAPage() {
        assertThat(lab.run("explain", "thrash", "--quota", "64")).isZero();
        assertThat(lab.out()).startsWith("Zapped most often:").contains("level 1, gfn 0x");
        assertThat(lab.run("explain", "thrash", "--quota", "64", "--gfn", "0x0"))
                .isZero();
        assertThat(lab.out())
                .contains("The page of level 1 at gfn 0x0")
                .contains("by the order of reclaim of fifo")
                .contains("needed again");
        assertThat(lab.run("explain", "fits", "--gfn", "512")).isZero();
        assertThat(lab.out()).contains("by a memslot change");
        assertBad("frame number", "explain", "fits", "--gfn", "x");
    }

    /** What names a workload elsewhere names it here. */
    @Test
    void explainFollowsPagesOfEveryKindOfWorkload() {
        String processes = "processes:memory=128MiB:programs=4:stretches=2:uses=300:kernel-uses=100";
        assertThat(lab.run("explain", processes, "--quota", "64")).as(lab.err()).isZero();
        Matcher most =
                Pattern.compile("level (\\d), gfn (0x\\w+): ([\\d,]+) times").matcher(lab.out());
        assertThat(most.find()).isTrue();
        assertThat(lab.run("explain", processes, "--quota", "64", "--level", most.group(1), "--gfn", most.group(2)))
                .isZero();
        assertThat(lab.out())
                .contains("The page of level " + most.group(1) + " at gfn " + most.group(2) + " was made ")
                .contains("made at access ", "by the order of reclaim of fifo", " accesses later")
                .doesNotContain("used ");

        String storm = "boot-storm:guests=2:boots=3:guest-memory=32MiB:tear-down=";
        assertThat(lab.run("explain", storm + "zeroing", "--level", "4", "--gfn", "0x44000"))
                .isZero();
        assertThat(lab.out()).contains("zapped at access 16,384 by a write of the guest to its tables");
        assertThat(lab.run("explain", storm + "lazy", "--mode", "tdpmmu")).isZero();
        assertThat(lab.out()).isEqualTo("No shadow page was zapped.\n");
        assertBad("cannot run in mode shadow", "explain", "boot-storm", "--mode", "shadow");

        Path recording = Project.root().resolve("data/recordings/linux-6.12/small/direct-long-mixed-s1.txt.gz");
        assertThat(lab.run("explain", recording.toString(), "--gfn", "0x1000", "--level", "3"))
                .isZero();
        assertThat(lab.out()).contains("made at operation ", "by a memslot change; needed again ");
        assertBad("was recorded with mode direct", "explain", recording.toString(), "--mode", "shadow");
    }

    private void assertBad(String sentence, String... arguments) {
        assertThat(lab.run(arguments)).isEqualTo(2);
        assertThat(lab.err()).contains(sentence).doesNotContain("Exception");
    }

    private static String[] with(String[] command, String... more) {
        String[] all = java.util.Arrays.copyOf(command, command.length + more.length);
        System.arraycopy(more, 0, all, command.length, more.length);
        return all;
    }
}
