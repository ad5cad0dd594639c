package org.shadowmmu.lab.report;

import java.util.Map;
import java.util.TreeMap;
import org.shadowmmu.lab.ab.AbResult;

/** The charts of a comparison as SVG files of their own. */
public final class AbFigures {
    private AbFigures() {}

    /** File names and contents, sorted by name. */
    public static Map<String, String> of(AbResult result) {
        return new TreeMap<>();
    }
}
