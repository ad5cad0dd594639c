package org.shadowmmu.lab.reproduce;

import java.util.List;

/** Figures of a story that a report may draw. */
public sealed interface Figure {
    /** The heading. */
    String title();

    /** What is seen, in a sentence. */
    String note();

    /**
     * Lines through points at the same places.
     *
     * @param xUnit what the horizontal axis counts
     * @param place one place in words, a format of its value
     * @param yUnit what the vertical axis counts
     */
    record Curves(String title, String note, String xUnit, String place, String yUnit, List<Curve> curves)
            implements Figure {}

    /** A line; {@code x} rises, and both arrays have one value per point. */
    record Curve(String label, double[] x, double[] y) {}

    /**
     * Values side by side.
     *
     * @param unit what they count
     * @param powers whether the axis shows powers of ten; then no value is 0
     */
    record Bars(String title, String note, String unit, boolean powers, List<Bar> bars) implements Figure {}

    /**
     * One value.
     *
     * @param group bars of one group stand close together and have one scale
     * @param label which of the group
     */
    record Bar(String group, String label, double value) {}
}
