package org.shadowmmu.engine.host;

/**
 * Something wrong with a jar or a directory.
 *
 * @param severity whether something was left out
 * @param source the file name of the jar, or the directory as it was given
 * @param sentence which jar, what is wrong, what to do
 */
public record LoadProblem(Severity severity, String source, String sentence) {
    /** What a problem means for the catalog. */
    public enum Severity {
        /** The jar, or one policy of it, was left out. */
        REFUSED,
        /** Nothing was left out, but its author should know. */
        WARNING
    }

    static LoadProblem refused(String source, String sentence) {
        return new LoadProblem(Severity.REFUSED, source, sentence);
    }

    static LoadProblem warning(String source, String sentence) {
        return new LoadProblem(Severity.WARNING, source, sentence);
    }
}
