package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.lab.report.Browser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The report of a comparison as a browser shows it, and its charts against the figures of {@code ab.json}. */
@Tag("browser")
class AbBrowserTest {
    private static final int INTERVALS = 0;
    private static final int CURVE = 1;
    private static final int STRETCHES = 2;

    @TempDir
    private Path folder;

    private Browser browser;
    private String report;
    private JsonNode result;

    @BeforeEach
    void compare() {
        browser = new Browser(folder);
        Lab lab = new Lab(folder);
        int code = lab.run(
                "ab",
                "fifo",
                "lru-moveup",
                "leaf-first",
                "--workload",
                "thrash",
                "--quota",
                "64,70,80",
                "--quiet",
                "--trials",
                "8",
                "--out",
                "r");
        assertThat(code).as(lab.err()).isZero();
        report = lab.read("r/report.html");
        result = JsonMapper.shared().readTree(lab.read("r/ab.json"));
    }

    @Test
    void onAWideScreenTheWideChartsAreShown() throws Exception {
        assertThat(look(1200, INTERVALS, ""))
                .contains("width 1200", "overflow 0", "wide block", "narrow none", "errors 0");
    }

    @Test
    void onAPhoneNothingSticksOutWhereverOnePoints() throws Exception {
        for (int chart : new int[] {INTERVALS, CURVE, STRETCHES}) {
            assertThat(look(390, chart, ""))
                    .contains("width 390", "overflow 0", "wide none", "narrow block", "inside true", "errors 0")
                    .doesNotContain("tip nothing");
        }
    }

    @Test
    void pointingAtAnIntervalTellsIt() throws Exception {
        assertThat(look(1200, INTERVALS, "Home"))
                .containsPattern("keyed thrash, 64 pages\\|lru-moveup: [+−]?\\d+\\.\\d+ % \\(.* % to .* %\\)")
                .contains("cursors 1");
        assertThat(look(1200, INTERVALS, "End")).contains("keyed thrash, 80 pages|leaf-first: ");
    }

    @Test
    void pointingAtTheCurveTellsThePageFaultsOfEveryPolicy() throws Exception {
        String[] keys = {"Home", "Home ArrowRight", "End"};
        for (int i = 0; i < keys.length; i++) {
            JsonNode place = result.path("places").get(i);
            StringBuilder told =
                    new StringBuilder("keyed " + place.path("pages").asLong() + " shadow pages");
            place.path("runs").forEach(run -> told.append(row(run)));
            told.append(row(place.path("foresight")));
            assertThat(look(1200, CURVE, keys[i])).contains(told);
        }
    }

    @Test
    void pointingAtTheStretchesTellsWhichOneIsMeant() throws Exception {
        Matcher told = Pattern.compile("tip stretch (\\d)\\|fifo: ([0-9,]+) ").matcher(look(1200, STRETCHES, ""));
        assertThat(told.find()).isTrue();
        double faults = result.path("places")
                .get(0)
                .path("runs")
                .get(0)
                .path("stretches")
                .path("faults")
                .get(Integer.parseInt(told.group(1)) - 1)
                .asDouble();
        assertThat(Double.parseDouble(told.group(2).replace(",", ""))).isEqualTo(faults);
    }

    private static String row(JsonNode run) {
        return String.format(
                "|%s: %,d ",
                run.path("label").asString(), run.path("total").path("faults").asLong());
    }

    private String look(int width, int chart, String keys) throws Exception {
        return browser.look(report, width, chart, 0.55, 0.4, keys);
    }
}
