package org.shadowmmu.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.store.Manifest;
import org.shadowmmu.lab.workload.TimeSeries;

/**
 * A quantity over a workload's clock, a line per policy; policies with the same course share one line.
 *
 * @param quantity what is drawn
 * @param lines the courses
 * @param interval readings of the clock per step
 * @param length length of the horizontal axis
 * @param clock the unit of the horizontal axis
 * @param markers where the guest set markers
 */
record LineChart(
        Quantity quantity,
        List<Line> lines,
        long interval,
        long length,
        ClockUnit clock,
        List<Manifest.Marker> markers) {
    /** What a chart can show. */
    enum Quantity {
        /** Guest pages reachable from a root: the mean of each step as a line, from its least to its most as a band. */
        REFERENCED(
                "Referenced guest pages over time",
                "guest pages (4 KiB) within reach of a virtual CPU",
                TimeSeries::referencedMean,
                TimeSeries::referencedMin,
                TimeSeries::referencedMax),
        /** Guest pages mapped by any table, in the same way. */
        MAPPED(
                "Guest pages mapped over time",
                "guest pages (4 KiB) mapped by any table",
                TimeSeries::mappedMean,
                TimeSeries::mappedMin,
                TimeSeries::mappedMax),
        /** Shadow pages in use. */
        USED("Shadow pages in use over time", "shadow pages in use", TimeSeries::used, null, null),
        /** Shadow pages in use that no root leads to which a virtual CPU holds. */
        STALE("Stale shadow pages over time", "shadow pages that no root leads to", TimeSeries::stale, null, null),
        /** Shadow pages reclaimed since the start. */
        RECLAIMED("Shadow pages reclaimed so far", "shadow pages", TimeSeries::reclaimed, null, null),
        /** Page faults since the start. */
        FAULTS("Page faults so far", "page faults", TimeSeries::faults, null, null);

        private final String title;
        private final String unit;
        private final Function<TimeSeries, long[]> values;
        private final @Nullable Function<TimeSeries, long[]> low;
        private final @Nullable Function<TimeSeries, long[]> high;

        Quantity(
                String title,
                String unit,
                Function<TimeSeries, long[]> values,
                @Nullable Function<TimeSeries, long[]> low,
                @Nullable Function<TimeSeries, long[]> high) {
            this.title = title;
            this.unit = unit;
            this.values = values;
            this.low = low;
            this.high = high;
        }

        /** The heading of the chart. */
        String title() {
            return title;
        }

        /** The part of a file name. */
        String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What the vertical axis counts. */
        String unit() {
            return unit;
        }

        Line line(String label, int colour, TimeSeries series) {
            long[] middle = values.apply(series);
            return new Line(
                    List.of(label),
                    colour % Palette.SIZE,
                    middle,
                    low == null ? middle : low.apply(series),
                    high == null ? middle : high.apply(series));
        }
    }

    /** The course of one or more policies; the arrays have a value per step. */
    record Line(List<String> labels, int colour, long[] values, long[] low, long[] high) {
        /** The labels as one. */
        String label() {
            return String.join(" = ", labels);
        }

        boolean sameCourse(Line other) {
            return Arrays.equals(values, other.values)
                    && Arrays.equals(low, other.low)
                    && Arrays.equals(high, other.high);
        }

        /** Whether it has a value other than 0. */
        boolean rises() {
            return Arrays.stream(values).anyMatch(value -> value != 0);
        }

        boolean hasBand() {
            return values != low;
        }

        Line with(String label) {
            List<String> more = new ArrayList<>(labels);
            more.add(label);
            return new Line(more, colour, values, low, high);
        }
    }

    /** A size in pixels. */
    enum Size {
        /** For screens and paper. */
        WIDE(880, 300, 6),
        /** For phones. */
        NARROW(360, 240, 4);

        final int width;
        final int height;
        final int ticks;

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

    /** The chart of a comparison; without lines if no trial has a course. */
    static LineChart of(Quantity quantity, Comparison comparison) {
        List<Line> lines = new ArrayList<>();
        long interval = 1;
        for (int i = 0; i < comparison.policies().size(); i++) {
            PolicyFigures figures = comparison.policies().get(i);
            TimeSeries series = figures.series();
            if (series != null) {
                interval = series.interval();
                add(lines, quantity.line(figures.label(), i, series));
            }
        }
        return new LineChart(
                quantity,
                lines,
                interval,
                Math.max(1, comparison.workload().length()),
                ClockUnit.of(comparison.workload()),
                comparison.workload().markers());
    }

    private static void add(List<Line> lines, Line line) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).sameCourse(line)) {
                lines.set(i, lines.get(i).with(line.labels().get(0)));
                return;
            }
        }
        lines.add(line);
    }

    /** The largest value drawn, at least 1. */
    long most() {
        long most = 1;
        for (Line line : lines) {
            for (long value : line.high()) {
                most = Math.max(most, value);
            }
        }
        return most;
    }
}
