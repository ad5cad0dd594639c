package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.List;

/** Intervals below each other: the change of a figure at each place, its 95 % interval, zero, and what is too small to matter. */
final class IntervalPlot extends Plot {
    /** One interval; values are relative changes. Rows of one place stand close below each other, under its name. */
    record Row(String place, String label, int colour, double low, double value, double high) {}

    private static final int LABEL = 20;
    private static final int ROW = 18;
    private static final int BOTTOM = 44;
    private static final int SIDE = 22;

    private final List<Row> rows;
    private final List<Key> keys;
    private final double smallest;
    private final double least;
    private final double most;
    private final double step;

    IntervalPlot(List<Row> rows, List<Key> keys, double smallest, LineChart.Size size) {
        super(size);
        this.rows = rows;
        this.keys = keys;
        this.smallest = smallest;
        double low = Math.min(
                -2 * smallest, rows.stream().mapToDouble(Row::low).min().orElse(0));
        double high = Math.max(
                2 * smallest, rows.stream().mapToDouble(Row::high).max().orElse(0));
        step = step(high - low, size.ticks);
        least = Math.floor(low / step) * step;
        most = Math.ceil(high / step) * step;
    }

    private int end() {
        int places = (int) rows.stream().map(Row::place).distinct().count();
        return places * LABEL + rows.size() * ROW + 6;
    }

    @Override
    int height() {
        return end() + BOTTOM;
    }

    @Override
    List<Key> keys() {
        return keys;
    }

    @Override
    void draw(Html svg) {
        int bottom = end();
        svg.raw("<rect class=\"trifle\" x=\"" + f(x(-smallest)) + "\" y=\"0\" width=\"" + f(x(smallest) - x(-smallest))
                + "\" height=\"" + bottom + "\"/>");
        for (int i = 0; least + i * step <= most + step / 2; i++) {
            double value = least + i * step;
            boolean zero = Math.abs(value) < step / 2;
            line(svg, zero ? "axis" : "grid", x(value), 0, x(value), bottom);
            text(svg, x(value), bottom + 16, "middle", zero ? "0" : AbWords.round(value));
        }
        text(svg, size.width - 4, bottom + 34, "end", "change of page faults; shaded: too small to matter");
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double y = y(i);
            if (first(i)) {
                text(svg, 4, y - ROW + 5, "start", row.place());
            }
            svg.raw("<path class=\"bar c" + row.colour() + "\" d=\"M" + f(x(row.low())) + " " + f(y) + "H"
                    + f(x(row.high())) + "M" + f(x(row.low())) + " " + f(y - 4) + "v8M" + f(x(row.high())) + " "
                    + f(y - 4) + "v8\"/>");
            dot(svg, row.colour(), x(row.value()), y, 4.5);
        }
    }

    @Override
    int[] extent() {
        return new int[] {0, end()};
    }

    @Override
    Pointer pointer() {
        List<Pointer.Stop> stops = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            String text = AbWords.signed(row.value()) + " (" + AbWords.signed(row.low()) + " to "
                    + AbWords.signed(row.high()) + ")";
            stops.add(new Pointer.Stop(
                    y(i) / end(), row.place(), List.of(new Pointer.Row(row.label(), row.colour(), text))));
        }
        return new Pointer("y", stops);
    }

    /** Whether a row is the first of its place. */
    private boolean first(int row) {
        return row == 0 || !rows.get(row - 1).place().equals(rows.get(row).place());
    }

    private double y(int row) {
        int places = 0;
        for (int i = 0; i <= row; i++) {
            places += first(i) ? 1 : 0;
        }
        return places * LABEL + (row + 0.5) * ROW;
    }

    private double x(double value) {
        return SIDE + (size.width - 2 * SIDE) * (value - least) / (most - least);
    }
}
