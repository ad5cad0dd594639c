package org.shadowmmu.lab.report;

import org.shadowmmu.lab.ab.AbResult;

/** The report of a comparison. */
public final class AbReport {
    private AbReport() {}

    /** The page. */
    public static String of(AbResult result) {
        return "";
    }
}
