package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The pages with which the host backs guest memory. */
public enum Backing {
    /** 4 KiB pages only. */
    SMALL("4k", "4 KiB pages"),
    /** Huge pages wherever the alignment allows, as with transparent huge pages that always succeed. */
    HUGE("thp", "2 MiB pages where they fit");

    private final String word;
    private final String meaning;

    Backing(String word, String meaning) {
        this.word = word;
        this.meaning = meaning;
    }

    /** The word used in experiment files. */
    @JsonValue
    public String word() {
        return word;
    }

    /** What it means, in a few words. */
    public String meaning() {
        return meaning;
    }

    /**
     * The constant for a word of an experiment file.
     *
     * @throws IllegalArgumentException if there is none
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Backing of(String word) {
        return Words.find("backing", values(), Backing::word, word);
    }
}
