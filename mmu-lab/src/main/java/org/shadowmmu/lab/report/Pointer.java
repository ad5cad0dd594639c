package org.shadowmmu.lab.report;

import java.util.List;

/**
 * What a chart tells where somebody points at it; {@code report.js} reads this as JSON.
 *
 * @param along {@code x} if the stops lie side by side, {@code y} if one is below the other
 * @param stops the places with something to tell, in order
 */
record Pointer(String along, List<Stop> stops) {
    /**
     * One place.
     *
     * @param at where, as share of the way from the first to the last pixel of the drawing area, 0 to 1
     * @param head what is there
     * @param rows what each policy did there
     */
    record Stop(double at, String head, List<Row> rows) {}

    /** One line of text about a policy, and the number of its colour. */
    record Row(String label, int colour, String text) {}
}
