package org.shadowmmu.lab.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The host on which a trial's virtual machine runs.
 *
 * @param mode how it translates guest memory
 * @param era its kernel
 * @param backing the pages with which it backs guest memory
 */
public record Host(Mode mode, Kernel era, Backing backing) {
    /** What holds when an experiment says nothing. */
    public static final Host DEFAULT = new Host(Mode.DIRECT, Kernel.LINUX_6_1, Backing.SMALL);

    /** In words, as far as {@code among} several hosts one must be told from the others; empty if there is one only. */
    public String difference(Collection<Host> among) {
        List<String> words = new ArrayList<>();
        if (among.stream().anyMatch(other -> other.mode != mode)) {
            words.add(mode.word());
        }
        if (among.stream().anyMatch(other -> other.era != era)) {
            words.add(era.word());
        }
        if (among.stream().anyMatch(other -> other.backing != backing)) {
            words.add(backing.meaning());
        }
        return String.join(", ", words);
    }

    /** All of it in words. */
    @Override
    public String toString() {
        return mode.word() + ", " + era.word() + ", " + backing.meaning();
    }
}
