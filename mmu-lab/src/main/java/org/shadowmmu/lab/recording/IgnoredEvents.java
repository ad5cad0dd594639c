package org.shadowmmu.lab.recording;

/** Recorded events that a comparison leaves out: interrupts of the host while a nested guest runs (RC-40). */
final class IgnoredEvents {
    private static final byte[] INTR = Syntax.ascii("  kvm_nested_vmexit reason=0x60");
    private static final byte[] NMI = Syntax.ascii("  kvm_nested_vmexit reason=0x61");

    private IgnoredEvents() {}

    static boolean ignores(byte[] line, int from, int to) {
        // Only nested events have this letter here.
        if (to - from < INTR.length || line[from + 6] != 'n') {
            return false;
        }
        if (to - from > INTR.length && line[from + INTR.length] != ' ') {
            return false;
        }
        return Syntax.startsWith(line, from, to, INTR) || Syntax.startsWith(line, from, to, NMI);
    }
}
