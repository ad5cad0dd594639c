package org.shadowmmu.lab.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Headless Chromium that loads a report in a frame of a given width and says what a reader would meet there. */
public final class Browser {
    private static final Optional<String> CHROMIUM = Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(dir -> dir + "/" + name))
            .filter(path -> Files.isExecutable(Path.of(path)))
            .findFirst();

    private final Path folder;

    /** A browser that keeps its files in a folder; the test is skipped if there is none. */
    public Browser(Path folder) {
        assumeTrue(CHROMIUM.isPresent(), "no Chromium on the PATH: the report was not looked at in a browser");
        this.folder = folder;
    }

    /**
     * Loads a report and points at one of its charts.
     *
     * @param report the page
     * @param width width of the screen in pixels
     * @param chart number of the chart, from 0
     * @param across where to point, as share of the chart's drawing area from left to right
     * @param below where to point, as share of the chart from top to bottom
     * @param keys keys pressed after that, separated by blanks
     * @return lines with {@code width}, {@code overflow} (pixels that stick out), {@code wide} and {@code narrow} (whether the
     *     charts of that size are shown), {@code tip} (what pointing told), {@code inside} (whether it was told within the
     *     screen), {@code keyed} (what it told after the keys), {@code cursors} (lines shown) and {@code errors}
     */
    public String look(String report, int width, int chart, double across, double below, String keys)
            throws IOException, InterruptedException {
        Files.writeString(folder.resolve("report.html"), report);
        Path probe = Files.writeString(folder.resolve("probe.html"), """
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
                  const overflow = () => page.documentElement.scrollWidth - page.documentElement.clientWidth;
                  const figure = page.querySelectorAll("figure.chart")[%d];
                  const svg = [...figure.querySelectorAll("svg")].find(one => one.getBoundingClientRect().width > 0);
                  const box = svg.getBoundingClientRect();
                  const scale = box.width / svg.viewBox.baseVal.width;
                  const down = svg.querySelector(".cursor").hasAttribute("x2");
                  const from = down ? 0 : Number(svg.dataset.from);
                  const to = down ? svg.viewBox.baseVal.width : Number(svg.dataset.to);
                  svg.dispatchEvent(new view.PointerEvent("pointermove", {
                      clientX: box.left + scale * (from + %f * (to - from)), clientY: box.top + %f * box.height}));
                  const tip = figure.querySelector(".tip");
                  const told = () => tip.hidden ? "nothing" : [...tip.childNodes].map(node => node.textContent).join("|");
                  const pointed = told();
                  const place = tip.getBoundingClientRect();
                  const inside = place.left >= 0 && place.right <= view.innerWidth;
                  const most = overflow();
                  svg.focus();
                  for (const key of "%s".split(" ").filter(key => key)) {
                    svg.dispatchEvent(new view.KeyboardEvent("keydown", {key, bubbles: true}));
                  }
                  document.getElementById("found").textContent = [
                    "width " + view.innerWidth,
                    "overflow " + Math.max(most, overflow()),
                    "wide " + shown("wide"), "narrow " + shown("narrow"),
                    "tip " + pointed,
                    "inside " + inside,
                    "keyed " + told(),
                    "focused " + (page.activeElement === svg),
                    "cursors " + figure.querySelectorAll(".cursor[visibility=visible]").length,
                    "errors " + errors].join("\\n");
                });
                </script>
                """.formatted(width, chart, across, below, keys));
        return dump(probe);
    }

    private String dump(Path page) throws IOException, InterruptedException {
        Path output = folder.resolve("dom.html");
        Process process = new ProcessBuilder(List.of(
                        CHROMIUM.orElseThrow(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--allow-file-access-from-files",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--window-size=1300,1000",
                        "--virtual-time-budget=3000",
                        "--dump-dom",
                        page.toUri().toString()))
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
