package org.shadowmmu.lab.recording;

import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.Counters;

/** Writes the {@code stat} line of a recording: the statistics that changed since the last one, in the recordings' order. */
public final class StatText {
    private static final Counter[] ALL = Counter.values();

    private final int vcpus;
    private final long[] last;

    /** Makes a writer for a machine whose statistics are all zero. */
    public StatText(int vcpus) {
        this.vcpus = vcpus;
        this.last = new long[vcpus * ALL.length];
    }

    /** Appends the line, or nothing if no recorded statistic changed. */
    public void append(Counters counters, LineBuffer out) {
        boolean changed = false;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            for (Counter counter : ALL) {
                if (!recorded(counter) || (vcpu > 0 && !counter.perVcpu())) {
                    continue;
                }
                long change = change(counters, counter, vcpu);
                if (change == 0) {
                    continue;
                }
                if (!changed) {
                    out.text("  stat");
                    changed = true;
                }
                out.text(' ');
                if (vcpu > 0) {
                    out.text('v').decimal(vcpu).text('.');
                }
                out.text(counter.kernelName()).text('=').signed(change);
            }
        }
        if (changed) {
            out.endLine();
        }
    }

    private long change(Counters counters, Counter counter, int vcpu) {
        int at = vcpu * ALL.length + counter.ordinal();
        long value = counters.get(counter, vcpu);
        long change = value - last[at];
        last[at] = value;
        return change;
    }

    private static boolean recorded(Counter counter) {
        return switch (counter) {
            case MMU_SHADOW_ZAPPED,
                    MMU_PTE_WRITE,
                    MMU_PDE_ZAPPED,
                    MMU_FLOODED,
                    MMU_RECYCLED,
                    MMU_CACHE_MISS,
                    MMU_UNSYNC,
                    PAGES_4K,
                    PAGES_2M,
                    PAGES_1G,
                    NX_LPAGE_SPLITS,
                    REMOTE_TLB_FLUSH,
                    REMOTE_TLB_FLUSH_REQUESTS,
                    PF_TAKEN,
                    PF_FIXED,
                    PF_EMULATE,
                    PF_SPURIOUS,
                    PF_FAST,
                    PF_MMIO_SPTE_CREATED,
                    PF_GUEST,
                    TLB_FLUSH,
                    INVLPG -> true;
            case MAX_MMU_PAGE_HASH_COLLISIONS, MAX_MMU_RMAP_SIZE, INSN_EMULATION, MMIO_EXITS -> false;
        };
    }
}
