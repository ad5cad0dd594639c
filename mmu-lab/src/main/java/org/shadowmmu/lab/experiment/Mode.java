package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How the host translates guest memory. */
public enum Mode {
    /** Two-dimensional paging on shadow pages, {@code tdp_mmu=0}. */
    DIRECT("direct", "two-dimensional paging by the legacy MMU"),
    /** Two-dimensional paging with the TDP MMU, {@code tdp_mmu=1}. */
    TDPMMU("tdpmmu", "two-dimensional paging by the TDP MMU"),
    /** Shadow paging, {@code npt=0}: for streams with virtual addresses. */
    SHADOW("shadow", "shadow paging");

    private final String word;
    private final String meaning;

    Mode(String word, String meaning) {
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
    public static Mode of(String word) {
        return Words.find("mode", values(), Mode::word, word);
    }
}
