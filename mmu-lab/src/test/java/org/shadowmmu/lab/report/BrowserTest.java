package org.shadowmmu.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a browser shows it: scripts run, nothing is wider than the page, hovering tells the figures. */
@Tag("browser")
class BrowserTest {
    private static Optional<String> chromium = Optional.empty();

    @TempDir
    private Path folder;

    @BeforeAll
    static void findChromium() {
        chromium = Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(dir -> dir + "/" + name))
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    @Test
    void onAWideScreenTheWideChartsAreShown() throws Exception {
        assertThat(probe(1200)).contains("width 1200", "overflow 0", "wide block", "narrow none", "errors 0");
    }

    @Test
    void onAPhoneTheNarrowChartsAreShownAndNothingSticksOut() throws Exception {
        assertThat(probe(390)).contains("width 390", "overflow 0", "wide none", "narrow block", "errors 0");
    }

    @Test
    void pointingAtAChartTellsTheFiguresThere() throws Exception {
        assertThat(probe(1200)).contains("tip 2.00·10⁹ instructions|fifo: ", "|lru: ");
    }

    /** Loads the report in a frame of a given width and lets a script in the page around it look at it. */
    private String probe(int width) throws Exception {
        assumeTrue(chromium.isPresent(), "no Chromium on the PATH: the report was not looked at in a browser");
        Files.writeString(
                folder.resolve("report.html"), HtmlReport.of(Runs.usual().run()));
        Files.writeString(folder.resolve("probe.html"), """
                <!doctype html><meta charset="utf-8"><body style="margin:0"><pre id="found">nothing</pre>
                <iframe id="frame" src="report.html" style="width:%dpx;height:900px;border:0"></iframe>
                <script>
                let errors = 0;
                document.getElementById("frame").addEventListener("load", () => {
                  const frame = document.getElementById("frame");
                  const view = frame.contentWindow;
                  const page = frame.contentDocument;
                  view.addEventListener("error", () => errors++);
                  const shown = name => view.getComputedStyle(page.querySelector("svg." + name)).display;
                  const figure = page.querySelectorAll("figure.chart")[1];
                  const svg = [...figure.querySelectorAll("svg")].find(one => one.getBoundingClientRect().width > 0);
                  const box = svg.getBoundingClientRect();
                  const scale = box.width / svg.viewBox.baseVal.width;
                  const left = Number(svg.dataset.left);
                  const right = Number(svg.dataset.right);
                  svg.dispatchEvent(new view.PointerEvent("pointermove",
                      {clientX: box.left + scale * (left + right) / 2, clientY: box.top + 50}));
                  const tip = figure.querySelector(".tip");
                  document.getElementById("found").textContent = [
                    "width " + view.innerWidth,
                    "overflow " + (page.documentElement.scrollWidth - page.documentElement.clientWidth),
                    "wide " + shown("wide"), "narrow " + shown("narrow"),
                    "tip " + [...tip.childNodes].map(node => node.textContent).join("|"),
                    "errors " + errors].join("\\n");
                });
                </script>
                """.formatted(width));
        return dump(folder.resolve("probe.html"));
    }

    private String dump(Path page) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                chromium.orElseThrow(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--allow-file-access-from-files",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=1300,1000",
                "--virtual-time-budget=3000",
                "--dump-dom",
                page.toUri().toString()));
        Path output = folder.resolve("dom.html");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("Chromium did not end within a minute");
        }
        String dom = Files.readString(output, StandardCharsets.UTF_8);
        return dom.substring(dom.indexOf("<pre id=\"found\">"), dom.indexOf("</pre>"));
    }
}
