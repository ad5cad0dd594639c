package org.shadowmmu.lab.recording;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results for people: a line per recording, the first difference beneath it, the totals last. */
public final class VerifyTextReport implements VerifyReport {
    private static final int WIDTH = 200;
    private static final int LEAD = 60;

    private final PrintWriter out;

    /** Makes a report that is written to {@code out}. */
    public VerifyTextReport(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void add(Verification verification) {
        if (verification instanceof Verification.Equal equal) {
            line(
                    "ok",
                    equal.name() + "  " + count(equal.operations(), "operation") + ", " + count(equal.events(), "event")
                            + tolerated(equal.tolerated()));
        } else if (verification instanceof Verification.Different different) {
            line("differs", different.name() + "  " + where(different));
            difference(different.difference());
        } else if (verification instanceof Verification.Unsupported unsupported) {
            line("unsupported", unsupported.name() + "  mode " + unsupported.mode() + " is not built yet");
        } else if (verification instanceof Verification.Malformed malformed) {
            line("bad input", malformed.sentence());
        }
        out.flush();
    }

    @Override
    public void end(VerifyTotals totals) {
        if (totals.leftOut() > 0) {
            out.println("left out: " + count(totals.leftOut(), "file"));
        }
        if (!totals.unsupported().isEmpty()) {
            String modes = totals.unsupported().entrySet().stream()
                    .map(mode -> mode.getKey() + " " + mode.getValue())
                    .collect(Collectors.joining(", "));
            int files = totals.unsupported().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            out.println("unsupported: " + count(files, "file") + " (" + modes + ")");
        }
        if (totals.malformed() > 0) {
            out.println("bad input: " + count(totals.malformed(), "file"));
        }
        if (totals.different() > 0) {
            out.println("different: " + count(totals.different(), "file"));
        }
        if (totals.tolerated() > 0) {
            out.println("within tolerance: " + count(totals.tolerated(), "statistic"));
        }
        out.println(totals.sentence());
        out.flush();
    }

    private static String where(Verification.Different different) {
        Difference difference = different.difference();
        String operation = difference.operation() < 0
                ? "after the last operation"
                : "operation " + difference.operation() + " of " + different.operations();
        return operation + ", line " + difference.line() + ": " + difference.kind();
    }

    private void difference(Difference difference) {
        part("operation", difference.operationText());
        int hidden = difference.equalBefore() - difference.before().size();
        if (hidden > 0) {
            part("equal", "... " + count(hidden, "line"));
        }
        difference.before().forEach(line -> part("equal", line));
        @Nullable String expected = difference.expected();
        @Nullable String actual = difference.actual();
        int column = expected == null || actual == null ? -1 : firstDifference(expected, actual);
        int from = column > WIDTH - LEAD ? column - LEAD : 0;
        part("expected", expected == null ? "(no line)" : cut(expected, from));
        part("actual", actual == null ? "(no line)" : cut(actual, from));
        if (column >= 0) {
            int shown = from == 0 ? column - indent(expected) : column - from + "... ".length();
            part("", " ".repeat(Math.max(0, shown)) + "^");
        }
        after("expected next", difference.expectedAfter());
        after("actual next", difference.actualAfter());
    }

    private void after(String label, List<String> lines) {
        lines.forEach(line -> part(label, cut(line, 0)));
    }

    private void line(String status, String text) {
        out.println(pad(status, 13) + text);
    }

    private void part(String label, String text) {
        out.println(("    " + pad(label, 15) + text.substring(indent(text))).stripTrailing());
    }

    /** Recorded lines begin with two spaces, which say nothing here. */
    private static int indent(@Nullable String line) {
        return line != null && line.startsWith("  ") && line.length() > 2 && line.charAt(2) != ' ' ? 2 : 0;
    }

    private static String cut(String line, int from) {
        String start = from == 0 ? line : "... " + line.substring(Math.min(from, line.length()));
        return start.length() <= WIDTH ? start : start.substring(0, WIDTH) + " ...";
    }

    private static int firstDifference(String a, String b) {
        int at = 0;
        while (at < a.length() && at < b.length() && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        return at;
    }

    private static String tolerated(long count) {
        return count == 0 ? "" : ", " + count(count, "statistic") + " within tolerance";
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
