package org.shadowmmu.lab.report;

/** The style sheet of a chart in a file of its own: plain enough for any program that draws SVG. */
final class ChartStyle {
    private ChartStyle() {}

    /** The style element: for a light page, and for a dark one where the reader prefers that. */
    static String element() {
        return "<style>\n" + Html.resource("chart.css") + Palette.light() + dark() + "</style>\n";
    }

    /** A chart for paper: without the part for dark pages, and in the one font that every machine with fonts has. */
    static String onPaper(String svg) {
        return svg.replace(dark(), "").replaceFirst("font-family: [^;]*;", "font-family: sans-serif;");
    }

    private static String dark() {
        return "@media (prefers-color-scheme: dark) {\n" + Html.resource("chart-dark.css") + Palette.dark() + "}\n";
    }
}
