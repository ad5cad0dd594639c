package org.shadowmmu.lab.workload;

/**
 * Passes a stream on to a replay and tells when a stretch begins, is probed, or ends. Windows are not divided: a stretch begins
 * with the first window that begins at or after its first instruction.
 */
public final class StretchMeter extends PassingVisitor {
    private static final int PROBES = 32;

    /** Hears of the stretches. */
    public interface Listener {
        /** Stretch {@code index} begins, and the one before it ends; {@code count} when the last one ends. */
        void begins(int index);

        /** Called at equal distances within a stretch, about thirty times. */
        void probe(int index);
    }

    private final Stretches stretches;
    private final Listener listener;
    private long clock;
    private int next;
    private long nextProbe;

    /** Tells {@code listener} of {@code stretches} while {@code replay} gets the stream. */
    public StretchMeter(StreamVisitor replay, Stretches stretches, Listener listener) {
        super(replay);
        this.stretches = stretches;
        this.listener = listener;
    }

    /** Ends the last stretch if the stream ended with it. */
    public void finish() {
        while (next <= stretches.count()) {
            listener.begins(next++);
        }
    }

    @Override
    public void windowBegins(int vcpu, long instructions, long accesses) {
        while (next <= stretches.count() && clock >= stretches.begin(next)) {
            listener.begins(next++);
            nextProbe = 0;
        }
        if (next > 0 && next <= stretches.count() && clock >= nextProbe) {
            listener.probe(next - 1);
            nextProbe = clock + Math.max(1, stretches.length() / PROBES);
        }
        clock += instructions;
        super.windowBegins(vcpu, instructions, accesses);
    }
}
