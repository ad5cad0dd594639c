package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * A chart of guest pages mapped over guest instructions: per policy a line for the mean of each step and a band from its
 * least to its most. Policies with the same course share one line.
 *
 * @param lines the courses
 * @param interval instructions per step
 * @param instructions length of the horizontal axis
 * @param markers where the guest set markers
 */
record LineChart(List<Line> lines, long interval, long instructions, List<Manifest.Marker> markers) {
    /** The course of one or more policies; {@code colour} counts from 0. */
    record Line(List<String> labels, int colour, TimeSeries series) {}

    /** A size in pixels. */
    enum Size {
        WIDE(880, 300, 6),
        NARROW(360, 240, 4);

        private final int width;
        private final int height;
        private final int ticks;

        Size(int width, int height, int ticks) {
            this.width = width;
            this.height = height;
            this.ticks = ticks;
        }

        /** The word in style sheets. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int LEFT = 56;
    private static final int RIGHT = 14;
    private static final int TOP = 20;
    private static final int BOTTOM = 40;
    private static final double BILLION = 1e9;

    /** The chart of a comparison. */
    static LineChart of(Comparison comparison) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < comparison.policies().size(); i++) {
            PolicyFigures figures = comparison.policies().get(i);
            TimeSeries series = figures.series();
            if (series == null) {
                continue;
            }
            int same = indexOfSame(lines, series);
            if (same < 0) {
                lines.add(new Line(List.of(figures.label()), i, series));
            } else {
                List<String> labels = new ArrayList<>(lines.get(same).labels());
                labels.add(figures.label());
                lines.set(
                        same,
                        new Line(
                                labels,
                                lines.get(same).colour(),
                                lines.get(same).series()));
            }
        }
        long interval = lines.isEmpty() ? 1 : lines.get(0).series().interval();
        return new LineChart(
                lines,
                interval,
                Math.max(1, comparison.workload().instructions()),
                comparison.workload().markers());
    }

    private static int indexOfSame(List<Line> lines, TimeSeries series) {
        for (int i = 0; i < lines.size(); i++) {
            TimeSeries other = lines.get(i).series();
            if (Arrays.equals(other.referencedMean(), series.referencedMean())
                    && Arrays.equals(other.referencedMin(), series.referencedMin())
                    && Arrays.equals(other.referencedMax(), series.referencedMax())) {
                return i;
            }
        }
        return -1;
    }

    /** The chart as an SVG element; colours come from the style sheet around it. */
    String svg(Size size, String title) {
        double top = top();
        Html svg = new Html();
        svg.raw("<svg class=\"plot " + size.word() + "\" viewBox=\"0 0 " + size.width + " " + size.height
                + "\" role=\"img\" data-left=\"" + LEFT + "\" data-right=\"" + (size.width - RIGHT) + "\" data-top=\""
                + TOP
                + "\" data-bottom=\"" + (size.height - BOTTOM) + "\" data-y-max=\"" + Numbers.trimmed(top) + "\">");
        svg.element("title", title);
        axes(svg, size, top);
        for (Manifest.Marker marker : markers) {
            double x = x(size, marker.instruction());
            svg.raw("<line class=\"marker\" x1=\"" + f(x) + "\" x2=\"" + f(x) + "\" y1=\"" + TOP + "\" y2=\""
                    + (size.height - BOTTOM) + "\"/>");
        }
        for (Line line : lines) {
            svg.raw("<path class=\"band c" + line.colour() % Palette.SIZE + "\" d=\"" + band(line.series(), size, top)
                    + "\"/>");
        }
        for (Line line : lines) {
            svg.raw("<path class=\"line c" + line.colour() % Palette.SIZE + "\" d=\""
                    + path(line.series().referencedMean(), size, top) + "\"/>");
        }
        svg.raw("<line class=\"cursor\" y1=\"" + TOP + "\" y2=\"" + (size.height - BOTTOM)
                + "\" x1=\"-9\" x2=\"-9\"/>");
        return svg.raw("</svg>").toString();
    }

    private void axes(Html svg, Size size, double top) {
        int bottom = size.height - BOTTOM;
        int right = size.width - RIGHT;
        double yStep = step(top, 4);
        for (int i = 0; i * yStep <= top * 1.0001; i++) {
            double y = y(size, i * yStep, top);
            svg.raw("<line class=\"grid\" x1=\"" + LEFT + "\" x2=\"" + right + "\" y1=\"" + f(y) + "\" y2=\"" + f(y)
                    + "\"/><text x=\"" + (LEFT - 6) + "\" y=\"" + f(y + 4) + "\" text-anchor=\"end\">"
                    + Numbers.shortened(i * yStep) + "</text>");
        }
        double xMax = instructions / BILLION;
        double xStep = step(xMax, size.ticks);
        for (int i = 0; i * xStep <= xMax * 1.0001; i++) {
            double x = x(size, i * xStep * BILLION);
            svg.raw("<line class=\"tick\" x1=\"" + f(x) + "\" x2=\"" + f(x) + "\" y1=\"" + bottom + "\" y2=\""
                    + (bottom + 4) + "\"/><text x=\"" + f(x) + "\" y=\"" + (bottom + 17)
                    + "\" text-anchor=\"middle\">" + Numbers.trimmed(i * xStep) + "</text>");
        }
        svg.raw("<line class=\"axis\" x1=\"" + LEFT + "\" x2=\"" + right + "\" y1=\"" + bottom + "\" y2=\"" + bottom
                + "\"/><text class=\"name\" x=\"" + right + "\" y=\"" + (bottom + 33)
                + "\" text-anchor=\"end\">guest instructions, 10⁹</text><text class=\"name\" x=\"0\" y=\"11\">"
                + "guest pages mapped (4 KiB)</text>");
    }

    private double top() {
        long most = 1;
        for (Line line : lines) {
            for (long value : line.series().referencedMax()) {
                most = Math.max(most, value);
            }
        }
        double step = step(most, 4);
        return Math.ceil(most / step) * step;
    }

    private String band(TimeSeries series, Size size, double top) {
        StringBuilder path = new StringBuilder();
        int points = series.points();
        for (int i = 0; i < points; i++) {
            path.append(i == 0 ? 'M' : 'L').append(point(i, series.referencedMax()[i], size, top));
        }
        for (int i = points - 1; i >= 0; i--) {
            path.append('L').append(point(i, series.referencedMin()[i], size, top));
        }
        return path.append('Z').toString();
    }

    private String path(long[] values, Size size, double top) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            path.append(i == 0 ? 'M' : 'L').append(point(i, values[i], size, top));
        }
        return path.toString();
    }

    private String point(int index, long value, Size size, double top) {
        return f(x(size, (double) index * interval)) + " " + f(y(size, value, top));
    }

    private double x(Size size, double instruction) {
        return LEFT + (size.width - LEFT - RIGHT) * Math.min(1, instruction / instructions);
    }

    private static double y(Size size, double value, double top) {
        return size.height - BOTTOM - (size.height - TOP - BOTTOM) * value / top;
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
