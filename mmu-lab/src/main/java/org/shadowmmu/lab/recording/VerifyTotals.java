package org.shadowmmu.lab.recording;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The sum over compared recordings. */
public final class VerifyTotals {
    private final SortedMap<String, Integer> unsupported = new TreeMap<>();
    private int files;
    private int different;
    private int malformed;
    private int leftOut;
    private long operations;
    private long events;
    private long equalEvents;
    private long compared;
    private long tolerated;

    /** Makes the sum over nothing. */
    public VerifyTotals() {}

    /** Adds one recording. */
    public void add(Verification verification) {
        if (verification instanceof Verification.Equal equal) {
            files++;
            operations += equal.operations();
            compared += equal.operations();
            events += equal.events();
            equalEvents += equal.events();
            tolerated += equal.tolerated();
        } else if (verification instanceof Verification.Different difference) {
            files++;
            different++;
            operations += difference.operations();
            compared += difference.compared();
            events += difference.events();
            equalEvents += difference.equalEvents();
        } else if (verification instanceof Verification.Unsupported mode) {
            unsupported.merge(mode.mode(), 1, Integer::sum);
        } else if (verification instanceof Verification.Malformed) {
            malformed++;
        } else {
            leftOut++;
        }
    }

    /** Recordings compared. */
    public int files() {
        return files;
    }

    /** Recordings that differ. */
    public int different() {
        return different;
    }

    /** Recordings that cannot be used. */
    public int malformed() {
        return malformed;
    }

    /** Recordings that the user's filters leave out. */
    public int leftOut() {
        return leftOut;
    }

    /** Number of recordings by the mode that is not built yet, sorted. */
    public Map<String, Integer> unsupported() {
        return unsupported;
    }

    /** Operations of the compared recordings. */
    public long operations() {
        return operations;
    }

    /** Operations carried out: those of a recording end with its first difference. */
    public long compared() {
        return compared;
    }

    /** Events of the compared recordings. */
    public long events() {
        return events;
    }

    /** Events before the first difference of their recording. */
    public long equalEvents() {
        return equalEvents;
    }

    /** Statistics that differed within the tolerance. */
    public long tolerated() {
        return tolerated;
    }

    /** Whether no recording was left to compare. */
    public boolean nothing() {
        return files == 0 && malformed == 0 && unsupported.isEmpty();
    }

    /** 0: all is equal; 1: something differs or is unsupported; 2: an input cannot be used, or there is none. */
    public int exitCode() {
        if (malformed > 0 || nothing()) {
            return 2;
        }
        return different > 0 || !unsupported.isEmpty() ? 1 : 0;
    }

    /** The part of equal events in percent with two decimals, rounded down: 100.00 only if nothing differs. */
    public String percent() {
        long hundredths;
        if (files == 0) {
            hundredths = 0;
        } else if (different == 0) {
            hundredths = 10_000;
        } else {
            hundredths = events == 0 ? 0 : Math.min(9_999, equalEvents * 10_000 / events);
        }
        return String.format(Locale.ROOT, "%d.%02d", hundredths / 100, hundredths % 100);
    }

    /** The sentence that ends every report. */
    public String sentence() {
        return "verified " + files + " files, " + operations + " operations, " + events + " events: " + percent()
                + " % equal";
    }
}
