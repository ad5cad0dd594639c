package org.shadowmmu.lab.machine;

import org.shadowmmu.lab.recording.LineBuffer;

/** Collects the result line of an operation: what the VMM saw, in order. */
final class ResultText {
    private final LineBuffer line = new LineBuffer();

    void clear() {
        line.clear();
        line.text("  =");
    }

    LineBuffer part(String text) {
        return line.text(' ').text(text);
    }

    void mmio(boolean write, long gpa, int size) {
        part(write ? "mmio-w" : "mmio-r").text(" gpa=").hex(gpa).text(" len=").decimal(size);
    }

    void pageFault(int error, long address) {
        part("pf err=").shortHex(error).text(" cr2=").shortHex(address);
    }

    void nestedExit(long code, long info1, long info2) {
        part("vmexit code=")
                .shortHex(code)
                .text(" info1=")
                .shortHex(info1)
                .text(" info2=")
                .shortHex(info2);
    }

    void exception(long top) {
        part("exc port=0x12 top=").shortHex(top);
    }

    void appendTo(LineBuffer out) {
        line.endLine();
        out.text(line.bytes(), 0, line.length() - 1).endLine();
    }
}
