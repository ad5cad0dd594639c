package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Lines through points of unequal distance, such as cost against quota; both axes as powers where {@code powers} says so. */
final class CurvePlot extends Plot {
    /** A line; {@code x} rises. */
    record Line(String label, int colour, double[] x, double[] y) {}

    private static final int LEFT = 52;
    private static final int RIGHT = 18;
    private static final int TOP = 24;
    private static final int BOTTOM = 42;
    /** More points than this are drawn as a line only. */
    private static final int MANY = 60;

    private final List<Line> lines;
    private final String yUnit;
    private final String xUnit;
    private final String stopName;
    private final boolean powers;
    private final double xLeast;
    private final double xMost;
    private final double yLeast;
    private final double yMost;

    /** Draws lines; {@code stopName} is the format of one value of {@code x} in words. */
    CurvePlot(List<Line> lines, String xUnit, String stopName, String yUnit, boolean powers, LineChart.Size size) {
        super(size);
        this.lines = lines;
        this.xUnit = xUnit;
        this.stopName = stopName;
        this.yUnit = yUnit;
        this.powers = powers;
        xLeast = lines.stream().mapToDouble(line -> line.x[0]).min().orElse(0);
        xMost = Math.max(
                xLeast + 1,
                lines.stream()
                        .mapToDouble(line -> line.x[line.x.length - 1])
                        .max()
                        .orElse(1));
        double highest = extreme(false);
        double lowest = extreme(true);
        double step = step(Math.max(1e-9, highest), 4);
        yMost = powers ? Math.pow(10, Math.ceil(2 * Math.log10(highest)) / 2) : Math.ceil(highest / step) * step;
        yLeast = powers ? Math.pow(10, Math.floor(2 * Math.log10(Math.max(1, lowest))) / 2) : 0;
    }

    private double extreme(boolean low) {
        double extreme = low ? Double.MAX_VALUE : 1;
        for (Line line : lines) {
            for (double value : line.y) {
                extreme = low ? Math.min(extreme, value) : Math.max(extreme, value);
            }
        }
        return extreme;
    }

    @Override
    int height() {
        return size.height;
    }

    @Override
    List<Key> keys() {
        return lines.stream().map(line -> new Key(line.label, line.colour)).toList();
    }

    @Override
    int[] extent() {
        return new int[] {LEFT, size.width - RIGHT};
    }

    @Override
    Pointer pointer() {
        List<Pointer.Stop> stops = new ArrayList<>();
        double[] all = lines.stream()
                .flatMapToDouble(line -> Arrays.stream(line.x))
                .sorted()
                .distinct()
                .toArray();
        for (double x : all) {
            List<Pointer.Row> rows = new ArrayList<>();
            for (Line line : lines) {
                int at = Arrays.binarySearch(line.x, x);
                if (at >= 0) {
                    rows.add(new Pointer.Row(line.label, line.colour, Numbers.plain(line.y[at])));
                }
            }
            stops.add(new Pointer.Stop(share(x), String.format(Locale.ROOT, stopName, x), rows));
        }
        return new Pointer("x", stops);
    }

    @Override
    void draw(Html svg) {
        int bottom = size.height - BOTTOM;
        yAxis(svg);
        if (powers) {
            double last = -100;
            for (double value : lines.get(0).x) {
                if (x(value) - last > 34) {
                    last = x(value);
                    line(svg, "tick", last, bottom, last, bottom + 4);
                    text(svg, last, bottom + 17, "middle", Numbers.plain(value));
                }
            }
        } else {
            double step = Math.max(1, step(xMost - xLeast, size.ticks));
            for (double value = Math.ceil(xLeast / step) * step; value <= xMost; value += step) {
                line(svg, "tick", x(value), bottom, x(value), bottom + 4);
                text(svg, x(value), bottom + 17, "middle", Numbers.plain(value));
            }
        }
        line(svg, "axis", LEFT, bottom, size.width - RIGHT, bottom);
        text(svg, size.width - RIGHT, bottom + 34, "end", xUnit);
        text(svg, 4, 11, "start", yUnit);
        for (Line each : lines) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < each.x.length; i++) {
                path.append(i == 0 ? 'M' : 'L')
                        .append(f(x(each.x[i])))
                        .append(' ')
                        .append(f(y(each.y[i])));
            }
            svg.raw("<path class=\"line c" + each.colour + "\" d=\"" + path + "\"/>");
            for (int i = 0; i < each.x.length && each.x.length <= MANY; i++) {
                dot(svg, each.colour, x(each.x[i]), y(each.y[i]), 2.6);
            }
        }
    }

    private void yAxis(Html svg) {
        if (powers) {
            for (double power = 1; power <= yMost * 1.001; power *= 10) {
                for (int digit : new int[] {1, 3}) {
                    if (power * digit >= yLeast * 0.999 && power * digit <= yMost * 1.001) {
                        grid(svg, power * digit);
                    }
                }
            }
            return;
        }
        double step = step(yMost, 4);
        for (int i = 0; i * step <= yMost * 1.001; i++) {
            grid(svg, i * step);
        }
    }

    private void grid(Html svg, double value) {
        line(svg, "grid", LEFT, y(value), size.width - RIGHT, y(value));
        text(svg, LEFT - 6, y(value) + 4, "end", Numbers.shortened(value));
    }

    private double x(double value) {
        return LEFT + (size.width - LEFT - RIGHT) * share(value);
    }

    private double share(double value) {
        return powers ? Math.log(value / xLeast) / Math.log(xMost / xLeast) : (value - xLeast) / (xMost - xLeast);
    }

    private double y(double value) {
        double share = powers ? Math.log(Math.max(yLeast, value) / yLeast) / Math.log(yMost / yLeast) : value / yMost;
        return size.height - BOTTOM - (size.height - BOTTOM - TOP) * share;
    }
}
