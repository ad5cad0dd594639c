package org.shadowmmu.lab.recording;

import org.shadowmmu.lab.recording.Syntax.SyntaxException;

/** Reads an operation line: {@code op N KIND key=value...}. */
final class OpParser {
    private static final byte[] PREFIX = Syntax.ascii("op ");

    private OpParser() {}

    static RecordedOp parse(String line) {
        byte[] bytes = Syntax.ascii(line);
        RecordedOp op = new RecordedOp();
        try {
            parse(bytes, 0, bytes.length, op);
        } catch (SyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return op;
    }

    static boolean isOp(byte[] line, int from, int to) {
        return Syntax.startsWith(line, from, to, PREFIX);
    }

    static void parse(byte[] line, int from, int to, RecordedOp op) {
        if (!isOp(line, from, to)) {
            throw new SyntaxException("expected 'op N KIND', found '" + Syntax.show(line, from, to) + "'");
        }
        int at = from + PREFIX.length;
        int end = Syntax.wordEnd(line, at, to);
        long number = Syntax.decimal(line, at, end);
        at = Math.min(end + 1, to);
        end = Syntax.wordEnd(line, at, to);
        RecordedOpKind kind = kind(line, at, end);
        op.begin(number, kind);
        while (end < to) {
            at = end + 1;
            end = Syntax.wordEnd(line, at, to);
            argument(line, at, end, op);
        }
        int missing = kind.required() & ~op.present();
        if (missing != 0) {
            OpKey key = OpKey.at(Integer.numberOfTrailingZeros(missing));
            throw new SyntaxException("expected operation " + kind + " to have " + key.text() + "=, found '"
                    + Syntax.show(line, from, to) + "'");
        }
        if (kind == RecordedOpKind.SETUP != (number == 0)) {
            throw new SyntaxException(
                    "expected SETUP to be operation 0, and only that, found '" + Syntax.show(line, from, to) + "'");
        }
    }

    private static RecordedOpKind kind(byte[] line, int from, int to) {
        for (int i = 0; i < RecordedOpKind.count(); i++) {
            RecordedOpKind kind = RecordedOpKind.at(i);
            if (kind.matches(line, from, to)) {
                return kind;
            }
        }
        throw new SyntaxException("expected the name of an operation, found '" + Syntax.show(line, from, to) + "'");
    }

    private static void argument(byte[] line, int from, int to, RecordedOp op) {
        int equals = from;
        while (equals < to && line[equals] != '=') {
            equals++;
        }
        int allowed = op.kind().allowed();
        for (int i = 0; i < OpKey.count() && equals < to; i++) {
            OpKey key = OpKey.at(i);
            if ((allowed & 1 << i) != 0 && key.matches(line, from, equals)) {
                if (op.has(key)) {
                    throw new SyntaxException("expected " + key.text() + "= once, found it twice");
                }
                long value = Syntax.number(line, equals + 1, to);
                check(key, value, line, from, to);
                op.put(key, value, Syntax.isHex(line, equals + 1, to));
                return;
            }
        }
        throw new SyntaxException(
                "expected an argument of operation " + op.kind() + ", found '" + Syntax.show(line, from, to) + "'");
    }

    private static void check(OpKey key, long value, byte[] line, int from, int to) {
        boolean legal = switch (key) {
            case U, POP -> value >>> 1 == 0;
            case SZ -> value == 1 || value == 4 || value == 8;
            case VCPU, ID, FLAGS, BACKING -> value >>> 31 == 0;
            case VA, GPA, VAL, SIZE, BOFF, N, FIRST, OFF, LEN, NCR3, CR0, CR3, CR4, EFER -> true;
        };
        if (!legal) {
            throw new SyntaxException(
                    "expected a value that " + key.text() + "= can have, found '" + Syntax.show(line, from, to) + "'");
        }
    }
}
