package org.shadowmmu.lab.reproduce;

import java.util.List;

/** One of the published stories: measures its claims. */
public interface Story {
    /** The id, S1 to S5. */
    String id();

    /** What it is about, in a line. */
    String title();

    /** The recorded streams that it needs, by name. */
    default List<String> streams() {
        return List.of();
    }

    /**
     * Measures its claims.
     *
     * @param quick scaled down, so that it takes seconds; sizes and quotas shrink by the same factor
     */
    List<Finding> measure(boolean quick);

    /** What a report may draw of the last measurement. */
    default List<Figure> figures() {
        return List.of();
    }

    /** Claims that are not measured, each with the sentence that says why. */
    List<String> leftOut();
}
