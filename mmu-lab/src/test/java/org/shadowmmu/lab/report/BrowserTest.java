package org.shadowmmu.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a run as a browser shows it: scripts run, nothing is wider than the page, pointing tells the figures. */
@Tag("browser")
class BrowserTest {
    @TempDir
    private Path folder;

    @Test
    void onAWideScreenTheWideChartsAreShown() throws Exception {
        assertThat(look(1200, "")).contains("width 1200", "overflow 0", "wide block", "narrow none", "errors 0");
    }

    @Test
    void onAPhoneTheNarrowChartsAreShownAndNothingSticksOut() throws Exception {
        assertThat(look(390, ""))
                .contains("width 390", "overflow 0", "wide none", "narrow block", "inside true", "errors 0");
    }

    @Test
    void pointingAtAChartTellsTheFiguresThere() throws Exception {
        assertThat(look(1200, "")).contains("tip 2.00·10⁹ instructions|fifo: ", "|lru: ", "inside true", "cursors 1");
    }

    @Test
    void theArrowKeysWalkThroughAChart() throws Exception {
        String pointed = look(1200, "ArrowRight");
        assertThat(pointed).contains("focused true").doesNotContain("keyed 2.00·10⁹ instructions|");
        assertThat(pointed).containsPattern("keyed \\d+[.]\\d\\d·10⁹ instructions\\|fifo: ");
        assertThat(look(1200, "ArrowRight ArrowLeft")).contains("keyed 2.00·10⁹ instructions|fifo: ");
        assertThat(look(1200, "End Home")).contains("keyed 0.00·10⁹ instructions|fifo: ");
        assertThat(look(1200, "End Escape")).contains("keyed nothing", "cursors 0");
    }

    private String look(int width, String keys) throws Exception {
        return new Browser(folder).look(HtmlReport.of(Runs.usual().run()), width, 3, 0.5, 0.2, keys);
    }
}
