package org.shadowmmu.lab.recording;

/** What a line after an operation is. */
enum RecordingLine {
    /** What a tracepoint showed. */
    EVENT("event"),
    /** The operation's result: {@code = ok}. */
    RESULT("result"),
    /** Statistics that changed. */
    STAT("statistics"),
    /** The state of the MMU. */
    DUMP("dump line"),
    /** A word of guest memory after the last operation. */
    FINAL("final memory");

    private static final byte[] RESULT_PREFIX = Syntax.ascii("  = ");
    private static final byte[] STAT_PREFIX = Syntax.ascii("  stat ");
    private static final byte[] DUMP_PREFIX = Syntax.ascii("  dump ");
    private static final byte[] FINAL_PREFIX = Syntax.ascii("final ");

    private final String text;

    RecordingLine(String text) {
        this.text = text;
    }

    /** What users read. */
    String text() {
        return text;
    }

    static RecordingLine of(byte[] line, int from, int to) {
        int first = to - from > 2 ? line[from + 2] : 0;
        if (first == '=') {
            return Syntax.startsWith(line, from, to, RESULT_PREFIX) ? RESULT : EVENT;
        }
        if (first == 's') {
            return Syntax.startsWith(line, from, to, STAT_PREFIX) ? STAT : EVENT;
        }
        if (first == 'd') {
            return Syntax.startsWith(line, from, to, DUMP_PREFIX) ? DUMP : EVENT;
        }
        return first == 'n' && Syntax.startsWith(line, from, to, FINAL_PREFIX) ? FINAL : EVENT;
    }
}
