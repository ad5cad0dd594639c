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
     * Starts the measurements of its claims on a bench, the longest first; what it returns waits for them and puts findings
     * together, which takes no time worth mentioning.
     *
     * @param quick scaled down, so that it takes seconds; sizes and quotas shrink by the same factor
     */
    Pending<StoryResult> measure(Bench bench, boolean quick);

    /** Claims that are not measured, each with the sentence that says why. */
    List<String> leftOut();
}
