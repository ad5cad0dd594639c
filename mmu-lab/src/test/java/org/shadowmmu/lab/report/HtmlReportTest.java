package org.shadowmmu.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.shadowmmu.lab.store.Metric;
import org.shadowmmu.lab.store.StoredRun;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class HtmlReportTest {
    @Test
    void theHeadlineComesFirstThenFiguresProofAndProvenance() {
        String html = HtmlReport.of(Runs.usual().run());
        assertInOrder(
                html,
                "<h1>Fewest page faults where the quota was used up: lru, 5.0 to 37.5\u202f% fewer faults than fifo.</h1>",
                "What comes out?",
                "Page faults, compared with fifo",
                "Before you believe it",
                "<h2 class=\"workload\">web</h2>",
                "web at the default quota",
                "Referenced guest pages over time",
                "fifo = lru",
                "web at 64 shadow pages",
                "Page faults so far",
                "<h2 class=\"workload\">gcc</h2>",
                "Proof of use",
                "fifo.jar",
                "00ff",
                "What the figures mean",
                Metric.FAULTS.title(),
                "Provenance",
                "shadowmmu run test.yaml",
                "manifest.json");
    }

    /** One file, no network: nothing in it is fetched from anywhere. */
    @Test
    void nothingIsFetched() {
        String html = HtmlReport.of(Runs.usual().run());
        assertThat(html).doesNotContain("http://", "https://", "src=", "@import", "url(");
        Matcher links = Pattern.compile("href=\"([^\"]*)\"").matcher(html);
        while (links.find()) {
            assertThat(links.group(1)).startsWith("data:");
        }
    }

    @Test
    void everythingFromOutsideIsEscaped() {
        String nasty = "</script><script>alert(1)</script><b a='x' b=\"y\">&amp;";
        String html = HtmlReport.of(new Runs()
                .description(nasty)
                .policy("fifo" + nasty, "reclaim-order")
                .policy("lru", "reclaim-order")
                .workload("web" + nasty)
                .trial("web" + nasty, "64", "fifo" + nasty, 100, 5, "reclaim-order")
                .failed("web" + nasty, "64", "lru", "threw " + nasty)
                .run());
        assertThat(html).doesNotContain("<script>alert", "<b a=");
        assertThat(html).contains("&lt;/script&gt;&lt;script&gt;alert(1)", "\\u003c/script\\u003e");
        // One of the page and one of each chart: referenced, faults, reclaimed, used, stale.
        assertThat(html.split("</script>", -1)).hasSize(7);
    }

    @Test
    void aFailedTrialHasItsSentenceAndNoFigures() {
        String html = HtmlReport.of(new Runs()
                .policy("fifo", "reclaim-order")
                .policy("bad", "reclaim-order")
                .workload("web")
                .trial("web", "64", "fifo", 100, 5, "reclaim-order")
                .failed("web", "64", "bad", "It threw.")
                .run());
        assertThat(html)
                .contains(
                        "Trials that failed",
                        "bad on web at 64 shadow pages failed: It threw.",
                        "colspan=\"8\">It threw.</td>");
    }

    @Test
    void aRunWithoutASingleResultStillHasAReport() {
        String html = HtmlReport.of(new Runs()
                .policy("bad", "reclaim-order")
                .workload("web")
                .failed("web", "64", "bad", "It threw.")
                .run());
        assertThat(html).contains("It threw.").doesNotContain("<figure");
    }

    @Test
    void aFigureFileIsSoundXml() throws Exception {
        StoredRun run = Runs.usual().run();
        assertThat(Figures.of(run)).containsKeys("web-64-referenced.svg", "web-64-faults.svg", "gcc-64-faults.svg");
        for (String svg : Figures.of(run).values()) {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)));
            assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        }
    }

    private static void assertInOrder(String text, String... parts) {
        int at = 0;
        for (String part : parts) {
            int found = text.indexOf(part, at);
            assertThat(found).as("'%s' behind what comes before it", part).isNotNegative();
            at = found + part.length();
        }
    }
}
