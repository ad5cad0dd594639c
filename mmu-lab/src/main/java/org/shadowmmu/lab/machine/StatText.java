package org.shadowmmu.lab.machine;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;
import org.shadowmmu.lab.recording.LineBuffer;

/** Writes the {@code stat} line of an operation: the statistics that changed since the last one. */
final class StatText {
    private static final Counter[] RECORDED = recorded();

    private final Counters counters;
    private final int vcpus;
    private final long[] before;

    StatText(Counters counters, int vcpus) {
        this.counters = counters;
        this.vcpus = vcpus;
        this.before = new long[RECORDED.length * vcpus];
    }

    private static Counter[] recorded() {
        return java.util.Arrays.stream(Counter.values())
                .filter(counter -> switch (counter) {
                    case MAX_MMU_PAGE_HASH_COLLISIONS, MAX_MMU_RMAP_SIZE, INSN_EMULATION, MMIO_EXITS -> false;
                    default -> true;
                })
                .toArray(Counter[]::new);
    }

    void append(LineBuffer out) {
        boolean any = false;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            for (int i = 0; i < RECORDED.length; i++) {
                Counter counter = RECORDED[i];
                if (vcpu > 0 && !counter.perVcpu()) {
                    continue;
                }
                long now = counters.get(counter, vcpu);
                long change = now - before[vcpu * RECORDED.length + i];
                if (change != 0) {
                    before[vcpu * RECORDED.length + i] = now;
                    out.text(any ? " " : "  stat ");
                    if (vcpu > 0) {
                        out.text("v").decimal(vcpu).text('.');
                    }
                    out.text(counter.kernelName()).text('=').signed(change);
                    any = true;
                }
            }
        }
        if (any) {
            out.endLine();
        }
    }
}
