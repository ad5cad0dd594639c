package org.shadowmmu.lab.reproduce;

import java.util.HashMap;
import java.util.Map;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;

/**
 * S4.8: SPTEs with the memory type of another time. With non-coherent DMA the type of a new leaf follows CR0.CD (published
 * results, section 4), so the tag of a leaf is the value of CD when it was installed. NPT has no memory type in its
 * entries, so tags are kept beside the machine, by a listener; under two-dimensional paging a frame has one leaf.
 */
final class MemoryTypes implements MmuEvents {
    private static final int PAGES = 4 * 512;
    private static final long SECOND = 1 << 18;
    private static final long ALL = Long.MAX_VALUE;
    /** CR0 after a reset, with CD and NW, and once caches are on. */
    private static final long CACHES_OFF = 0x60000010L;

    private static final long CACHES_ON = 0x10;

    private final Map<Long, Boolean> cacheDisabled = new HashMap<>();
    private final VirtualMachine machine;
    private boolean disabled;

    private MemoryTypes(Bench bench, MmuOptions options) {
        machine = bench.upstream(options, 1, this);
        writeCr0(CACHES_OFF);
        for (int id = 0; id < 2; id++) {
            machine.host().addBacking(id, PAGES, false);
            machine.setMemslot(0, id, id * SECOND, PAGES, 0, id, 0);
        }
    }

    private void writeCr0(long value) {
        disabled = value == CACHES_OFF;
        machine.vcpu(0).writeCr0(value);
    }

    @Override
    public void setSpte(long gfn, int level, long spte, int index) {
        cacheDisabled.put(gfn, disabled);
    }

    private void touch(long from, long to) {
        for (long gfn = from; gfn < to; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
            machine.vcpu(0).accessGpa(SECOND + gfn << 12, AccessKind.WRITE);
        }
    }

    /** The leaves whose tag is not of now. */
    private long old() {
        long old = 0;
        for (int id = 0; id < machine.core().pages.idLimit(); id++) {
            ShadowPage page = machine.core().pages.slot(id);
            for (int index = 0; page.live() && index < ShadowPage.ENTRIES; index++) {
                if (Spte.present(page.spt[index]) && Spte.leaf(page.spt[index], page.level())) {
                    old += Boolean.valueOf(disabled).equals(cacheDisabled.get(page.gfnOf(index))) ? 0 : 1;
                }
            }
        }
        return old;
    }

    /** What is old after the guest touched half of two slots, switched caches on, touched the rest, and one slot went. */
    private static long left(Bench bench, MmuOptions options, boolean zapOnChange) {
        MemoryTypes types = new MemoryTypes(bench, options);
        VirtualMachine machine = types.machine;
        types.touch(0, PAGES / 2);
        types.writeCr0(CACHES_ON);
        if (zapOnChange) {
            machine.zapGfnRange(0, ALL);
        }
        types.touch(PAGES / 2, PAGES);
        machine.setMemslot(0, 1, 0, 0, 0, 1, 0);
        return types.old();
    }

    /** Measures the claim on both engines. */
    static Finding finding(Bench bench) {
        StringBuilder simulated = new StringBuilder();
        boolean asPublished = true;
        for (MmuOptions options : new MmuOptions[] {MmuOptions.tdp(), MmuOptions.withTdpMmu()}) {
            MmuOptions targeted = options.withTargetedSlotZap(true);
            long slotOnly = left(bench, targeted, false);
            long everything = left(bench, options, false);
            long onChange = left(bench, targeted, true) + left(bench, options, true);
            asPublished &= slotOnly > 0 && everything == 0 && onChange == 0;
            simulated
                    .append(simulated.isEmpty() ? "" : "; ")
                    .append(options.tdpMmu() ? "TDP MMU" : "legacy MMU")
                    .append(String.format(
                            ": %,d old tags in the other slot with slot-only, %d with zap-all, %d under both if CD zaps",
                            slotOnly, everything, onChange));
        }
        return new Finding(
                "S4.8",
                "CD flips: slot-only leaves SPTEs with the old memory type in other slots, zap-all none, a zap on the change"
                        + " none under both",
                "exact",
                simulated.toString(),
                Basis.COUNTED,
                asPublished,
                "two slots of 8 MiB, half of each touched before the flip, then one deleted; a leaf's tag is CD when it was"
                        + " installed, kept by a listener. The zap on the change is MN-14");
    }
}
