package org.shadowmmu.lab.report;

import java.util.List;
import java.util.Locale;

/** A chart of a comparison: drawn into a page, where the style sheet gives the colours, or as an SVG file of its own. */
abstract class Plot {
    /** A key of the legend: a text and the number of its colour. */
    record Key(String label, int colour) {}

    private static final int HEAD = 54;

    final LineChart.Size size;

    Plot(LineChart.Size size) {
        this.size = size;
    }

    abstract int height();

    abstract List<Key> keys();

    abstract void draw(Html svg);

    /** What it tells where somebody points at it. */
    abstract Pointer pointer();

    /** First and last pixel of the drawing area along the {@link Pointer}. */
    abstract int[] extent();

    /** An SVG element for a page. */
    final String inPage(String title) {
        Html svg = new Html();
        svg.raw("<svg class=\"plot " + size.word() + "\" viewBox=\"0 0 " + size.width + " " + height()
                        + "\" role=\"img\" tabindex=\"0\" aria-label=\"")
                .text(title)
                .raw("\" data-from=\"" + extent()[0] + "\" data-to=\"" + extent()[1] + "\">");
        draw(svg);
        boolean across = pointer().along().equals("x");
        svg.raw("<line class=\"cursor\" visibility=\"hidden\" "
                + (across ? "y1=\"20\" y2=\"" + (height() - 42) : "x1=\"0\" x2=\"" + size.width) + "\"/>");
        return svg.raw("</svg>\n").toString();
    }

    /** An SVG file with title, legend and colours. */
    final String file(String title) {
        int height = height() + HEAD;
        Html svg = new Html();
        svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size.width + "\" height=\"" + height
                        + "\" viewBox=\"0 -" + HEAD + " " + size.width + " " + height + "\">\n")
                .raw(ChartStyle.element());
        svg.raw("<rect class=\"page\" y=\"-" + HEAD + "\" width=\"100%\" height=\"100%\"/>");
        svg.element("text class=\"head\" x=\"4\" y=\"-34\"", title);
        int x = 4;
        for (Key key : keys()) {
            svg.raw("<path class=\"line c" + key.colour() + "\" d=\"M" + x + " -14h18\"/>")
                    .element("text x=\"" + (x + 24) + "\" y=\"-10\"", key.label());
            x += 48 + 7 * key.label().length();
        }
        draw(svg);
        return svg.raw("</svg>\n").toString();
    }

    static void line(Html svg, String type, double x1, double y1, double x2, double y2) {
        svg.raw("<line class=\"" + type + "\" x1=\"" + f(x1) + "\" y1=\"" + f(y1) + "\" x2=\"" + f(x2) + "\" y2=\""
                + f(y2) + "\"/>");
    }

    static void text(Html svg, double x, double y, String anchor, String content) {
        svg.element("text x=\"" + f(x) + "\" y=\"" + f(y) + "\" text-anchor=\"" + anchor + "\"", content);
    }

    static void dot(Html svg, int colour, double x, double y, double radius) {
        svg.raw("<circle class=\"dot c" + colour + "\" cx=\"" + f(x) + "\" cy=\"" + f(y) + "\" r=\"" + f(radius)
                + "\"/>");
    }

    static String f(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** A round step that divides a range into about {@code parts} parts. */
    static double step(double range, int parts) {
        double raw = range / parts;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double factor = raw / power;
        return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    }
}
