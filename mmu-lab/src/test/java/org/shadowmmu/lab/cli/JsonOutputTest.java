package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code --json} of the commands that report: nothing but JSON on standard output, with the figures of the text. */
class JsonOutputTest {
    @TempDir
    private Path folder;

    private Lab lab;

    @BeforeEach
    void makeLab() {
        lab = new Lab(folder);
    }

    @Test
    void reportPrintsTheTrials() {
        lab.file("x.yaml", "{name: x, policies: [fifo, lru-moveup], workloads: [fits]}");
        assertThat(lab.run("run", "x.yaml", "--quiet", "--json")).isZero();
        String run = lab.out();
        assertThat(lab.run("report", "results/x", "--json")).isZero();
        assertThat(lab.out()).isEqualTo(run).isEqualTo(lab.read("results/x/trials.jsonl"));
    }

    @Test
    void explainPrintsLives() {
        JsonNode most = json("explain", "thrash", "--quota", "64", "--json");
        JsonNode top = most.path("mostZapped").get(0);
        assertThat(top.path("zapped").asLong()).isPositive();
        JsonNode page = json(
                "explain",
                "thrash",
                "--quota",
                "64",
                "--json",
                "--gfn",
                top.path("gfn").asString(),
                "--level",
                top.path("level").asString());
        long zapped = page.path("lives")
                .valueStream()
                .filter(life -> life.path("zapped").asLong() >= 0)
                .count();
        assertThat(zapped).isEqualTo(top.path("zapped").asLong());
    }

    @Test
    void policiesAreListedAndDescribed() {
        assertThat(lab.run("policies", "list", "--json")).isZero();
        List<String> ids = lab.out()
                .lines()
                .map(line -> JsonMapper.shared().readTree(line).path("id").asString())
                .toList();
        assertThat(ids).containsExactly("fifo", "leaf-first", "lru-moveup", "tdp-childzap");
        JsonNode lru = json("policies", "describe", "lru-moveup", "--json");
        assertThat(lru.path("decides").get(0).asString()).isEqualTo("reclaim-order");
        assertThat(lru.path("sha256").asString()).hasSize(64);
        assertThat(lru.path("parameters").get(0).path("default").asString()).isEqualTo("mapping");
    }

    @Test
    void aJarIsJudged() {
        JsonNode verdict = json("policies", "validate", "home/policies/policy-fifo.jar", "--json");
        assertThat(verdict.path("policies").get(0).asString()).isEqualTo("fifo");
        assertThat(verdict.path("objections")).isEmpty();
        assertThat(verdict.path("runs").asInt()).isPositive();
    }

    @Test
    void aStoryIsOneLine() {
        assertThat(lab.run("reproduce", "S5", "--quick", "--json")).isZero();
        List<String> lines = lab.out().lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode story = JsonMapper.shared().readTree(lines.get(0));
        assertThat(story.path("id").asString()).isEqualTo("S5");
        assertThat(story.path("changedCosts").isArray()).isTrue();
        JsonNode sensitivity = JsonMapper.shared().readTree(lines.get(1)).path("sensitivity");
        assertThat(sensitivity.path("claims").get(0).asString()).isEqualTo("S5.1");
        assertThat(sensitivity.path("costs")).anySatisfy(row -> {
            assertThat(row.path("cost").asString()).isEqualTo("shadow-leaf");
            assertThat(row.path("doubled").asString()).isEqualTo("S5.1 lost");
            assertThat(row.path("figures").get(0).path("doubled").asString()).contains("92.");
        });
        assertThat(story.path("findings").get(0).path("claim").asString()).startsWith("S5.");
        assertThat(lab.err()).startsWith("1 story, ").contains("[1/1] S5: ");
    }

    private JsonNode json(String... command) {
        assertThat(lab.run(command)).as(lab.err()).isZero();
        return JsonMapper.shared().readTree(lab.out());
    }
}
