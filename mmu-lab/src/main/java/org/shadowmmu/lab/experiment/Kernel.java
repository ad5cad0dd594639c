package org.shadowmmu.lab.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.shadowmmu.engine.era.Era;

/** The kernels that can be simulated. */
public enum Kernel {
    /** Linux 6.1. */
    LINUX_6_1(Era.LINUX_6_1),
    /** Linux 6.12. */
    LINUX_6_12(Era.LINUX_6_12);

    private final Era era;

    Kernel(Era era) {
        this.era = era;
    }

    /** Its rule variants. */
    public Era era() {
        return era;
    }

    /** The word used in experiment files. */
    @JsonValue
    public String word() {
        return era.name();
    }

    /**
     * The constant for a word of an experiment file.
     *
     * @throws IllegalArgumentException if there is none
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Kernel of(String word) {
        return Words.find("era", values(), Kernel::word, word);
    }
}
