package org.shadowmmu.engine.policy;

import java.util.Arrays;

/** The answers of all policies of one run in order, one word each; or the same, compared with those of a repetition. */
final class AnswerJournal {
    private final boolean comparing;
    private long[] answers;
    private int noted;
    private int next;

    AnswerJournal() {
        this(new long[64], 0, false);
    }

    private AnswerJournal(long[] answers, int noted, boolean comparing) {
        this.answers = answers;
        this.noted = noted;
        this.comparing = comparing;
    }

    /** The journal of a repetition of the run that this one noted. */
    AnswerJournal toCompare() {
        return new AnswerJournal(answers, noted, true);
    }

    /** Notes an answer; in a repetition, whether it is the one of the first run. */
    boolean accept(long answer) {
        if (comparing) {
            return next < noted && answers[next++] == answer;
        }
        if (noted == answers.length) {
            answers = Arrays.copyOf(answers, 2 * noted);
        }
        answers[noted++] = answer;
        return true;
    }
}
