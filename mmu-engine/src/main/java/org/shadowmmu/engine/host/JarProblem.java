package org.shadowmmu.engine.host;

/** Ends the loading of a jar or of one of its policies; the message is the sentence for the user. */
final class JarProblem extends Exception {
    private static final long serialVersionUID = 1L;

    JarProblem(String sentence) {
        super(sentence);
    }

    /** The sentence for the user. */
    String sentence() {
        return String.valueOf(getMessage());
    }
}
