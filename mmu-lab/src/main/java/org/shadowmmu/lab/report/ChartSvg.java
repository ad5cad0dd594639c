package org.shadowmmu.lab.report;

import java.util.Locale;
import org.shadowmmu.lab.store.Manifest;

/** Draws a {@link LineChart} as SVG, for a place in a page or as a file of its own. */
final class ChartSvg {
    private static final int LEFT = 56;
    private static final int RIGHT = 14;
    private static final int TOP = 26;
    private static final int BOTTOM = 40;
    private static final int LEGEND = 54;

    private final LineChart chart;
    private final LineChart.Size size;
    private final double yMax;
    private final double yStep;

    ChartSvg(LineChart chart, LineChart.Size size) {
        this.chart = chart;
        this.size = size;
        yStep = step(chart.most(), 4);
        yMax = Math.ceil(chart.most() / yStep) * yStep;
    }

    /** An SVG element for a page; colours come from the page's style sheet. */
    String inPage(String title) {
        Html svg = new Html();
        svg.raw("<svg class=\"plot " + size.word() + "\" viewBox=\"0 0 " + size.width + " " + size.height
                        + "\" role=\"img\" tabindex=\"0\" aria-label=\"")
                .text(title)
                .raw("\" data-from=\"" + LEFT + "\" data-to=\"" + (size.width - RIGHT) + "\">");
        draw(svg);
        svg.raw("<line class=\"cursor\" visibility=\"hidden\" y1=\"" + TOP + "\" y2=\"" + bottom() + "\"/>");
        return svg.raw("</svg>").toString();
    }

    /** An SVG file that needs nothing around it: with title, legend and colours. */
    String file(String title) {
        int height = size.height + LEGEND;
        Html svg = new Html();
        svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size.width + "\" height=\"" + height
                        + "\" viewBox=\"0 -" + LEGEND + " " + size.width + " " + height + "\">\n")
                .raw(ChartStyle.element());
        svg.raw("<rect class=\"page\" y=\"-" + LEGEND + "\" width=\"100%\" height=\"100%\"/>");
        svg.element("text class=\"head\" x=\"0\" y=\"-34\"", title);
        int x = 0;
        for (LineChart.Line line : chart.lines()) {
            svg.raw("<path class=\"line c" + line.colour() + "\" d=\"M" + x + " -14h18\"/>")
                    .element("text x=\"" + (x + 24) + "\" y=\"-10\"", line.label());
            x += 48 + 7 * line.label().length();
        }
        draw(svg);
        return svg.raw("</svg>\n").toString();
    }

    private void draw(Html svg) {
        grid(svg);
        for (Manifest.Marker marker : chart.markers()) {
            String x = f(x(marker.instruction()));
            svg.raw("<line class=\"marker\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + TOP + "\" y2=\"" + bottom()
                    + "\"/>");
        }
        for (LineChart.Line line : chart.lines()) {
            if (line.hasBand()) {
                svg.raw("<path class=\"band c" + line.colour() + "\" d=\"" + band(line) + "\"/>");
            }
        }
        for (LineChart.Line line : chart.lines()) {
            svg.raw("<path class=\"line c" + line.colour() + "\" d=\"" + path(line.values()) + "\"/>");
        }
    }

    private void grid(Html svg) {
        int bottom = bottom();
        int right = size.width - RIGHT;
        for (int i = 0; i * yStep <= yMax * 1.0001; i++) {
            double y = y(i * yStep);
            svg.raw("<line class=\"grid\" x1=\"" + LEFT + "\" x2=\"" + right + "\" y1=\"" + f(y) + "\" y2=\"" + f(y)
                    + "\"/><text x=\"" + (LEFT - 6) + "\" y=\"" + f(y + 4) + "\" text-anchor=\"end\">"
                    + Numbers.shortened(i * yStep) + "</text>");
        }
        double xMax = chart.length() / chart.clock().size();
        double xStep = step(xMax, size.ticks);
        for (int i = 0; i * xStep <= xMax * 1.0001; i++) {
            String x = f(x(i * xStep * chart.clock().size()));
            svg.raw("<line class=\"tick\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + bottom + "\" y2=\"" + (bottom + 4)
                    + "\"/><text x=\"" + x + "\" y=\"" + (bottom + 17) + "\" text-anchor=\"middle\">"
                    + Numbers.trimmed(i * xStep) + "</text>");
        }
        svg.raw("<line class=\"axis\" x1=\"" + LEFT + "\" x2=\"" + right + "\" y1=\"" + bottom + "\" y2=\"" + bottom
                + "\"/><text x=\"" + right + "\" y=\"" + (bottom + 33)
                + "\" text-anchor=\"end\">" + chart.clock().axis() + "</text>");
        svg.element("text x=\"0\" y=\"11\"", chart.quantity().unit());
    }

    private String band(LineChart.Line line) {
        StringBuilder path = new StringBuilder(path(line.high()));
        for (int i = line.low().length - 1; i >= 0; i--) {
            path.append('L').append(point(i, line.low()[i]));
        }
        return path.append('Z').toString();
    }

    private String path(long[] values) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            path.append(i == 0 ? 'M' : 'L').append(point(i, values[i]));
        }
        return path.toString();
    }

    private String point(int index, long value) {
        return f(x((double) index * chart.interval())) + " " + f(y(value));
    }

    private double x(double reading) {
        return LEFT + (size.width - LEFT - RIGHT) * Math.min(1, reading / chart.length());
    }

    private double y(double value) {
        return bottom() - (bottom() - TOP) * value / yMax;
    }

    private int bottom() {
        return size.height - BOTTOM;
    }

    /** A round step that divides {@code max} into about {@code parts} parts. */
    private static double step(double max, int parts) {
        double raw = max / parts;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double factor = raw / power;
        return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 2.5 ? 2.5 : factor <= 5 ? 5 : 10);
    }

    private static String f(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
