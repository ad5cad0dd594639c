package org.shadowmmu.lab.recording;

/** A machine that knows nothing and does what a recording says: another reader of it. */
public final class CopyingMachine implements RecordedMachine {
    private final RecordingReader source;

    /** Copies what {@code source} has. */
    public CopyingMachine(RecordingReader source) {
        this.source = source;
    }

    @Override
    public void execute(RecordedOp op, LineBuffer out) {
        if (!source.next()) {
            throw new IllegalStateException("the copied recording has ended");
        }
        copy(out);
    }

    @Override
    public void finalMemory(LineBuffer out) {
        if (source.next()) {
            throw new IllegalStateException("the copied recording goes on");
        }
        copy(out);
    }

    private void copy(LineBuffer out) {
        byte[] bytes = source.bytes();
        int start = source.from();
        for (int at = start; at < source.to(); at++) {
            if (bytes[at] == '\n') {
                out.text(bytes, start, at).endLine();
                start = at + 1;
            }
        }
    }
}
