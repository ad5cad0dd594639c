package org.shadowmmu.lab.reproduce;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;
import org.shadowmmu.lab.reproduce.Finding.Basis;

/** Story 4: deleting a memslot zaps everything, or its own leaves (July 2020). */
public final class SlotScopes implements Story {
    private static final int TABLE = 512;
    private static final int SLOT_PAGES = 64 * TABLE;
    private static final long SECOND = 1 << 18;

    private final RecordedBoots boots;
    private List<Figure> figures = List.of();

    /** Makes the story; recorded guests come from {@code boots}. */
    SlotScopes(RecordedBoots boots) {
        this.boots = boots;
    }

    @Override
    public String id() {
        return "S4";
    }

    @Override
    public String title() {
        return "KVM_CAP_MEMSLOT_ZAP_CONTROL (2020)";
    }

    private static VirtualMachine twoSlots(MmuOptions options) {
        VirtualMachine machine = Machines.upstream(options.withTargetedSlotZap(true), 1, new MmuEvents() {});
        machine.host().addBacking(0, SLOT_PAGES, false);
        machine.host().addBacking(1, SLOT_PAGES, false);
        machine.setMemslot(0, 0, 0, SLOT_PAGES, 0, 0, 0);
        machine.setMemslot(0, 1, SECOND, SLOT_PAGES, 0, 1, 0);
        for (long gfn = 0; gfn < SLOT_PAGES; gfn++) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.WRITE);
            machine.vcpu(0).accessGpa(SECOND + gfn << 12, AccessKind.WRITE);
        }
        return machine;
    }

    @Override
    public List<String> streams() {
        return List.of(
                "boot-6g-debian-pc", "boot-6g-debian-q35", "boot-1g", "boot-1g-gva", "rom-1g", "web-1g", "sort-2g");
    }

    @Override
    public List<Finding> measure(boolean quick) {
        List<Finding> findings = new ArrayList<>();
        VirtualMachine legacy = twoSlots(MmuOptions.tdp());
        ShadowPage root = legacy.vcpu(0).state().roots().current().page();
        long before = legacy.counters().get(Counter.PAGES_4K);
        long pages = legacy.usedPages();
        legacy.setMemslot(0, 1, 0, 0, 0, 1, 0);
        legacy.vcpu(0).enter();
        long after = legacy.counters().get(Counter.PAGES_4K);
        boolean sameRoot = legacy.vcpu(0).state().roots().current().page() == root;
        findings.add(new Finding(
                "S4.3",
                "slot-only: the SPTEs of the other slot, the root and the virtual CPUs are untouched",
                "exact",
                number(before - after) + " leaves gone of " + number(before) + ", root " + (sameRoot ? "kept" : "lost"),
                Basis.COUNTED,
                after == SLOT_PAGES && before == 2L * SLOT_PAGES && sameRoot,
                ""));
        long kept = legacy.usedPages();
        VirtualMachine tdp = twoSlots(MmuOptions.withTdpMmu());
        tdp.setMemslot(0, 1, 0, 0, 0, 1, 0);
        findings.add(new Finding(
                "S4.4",
                "empty upper-level pages stay: at most slot size / 2 MiB + 3; charged in the legacy MMU, never in the"
                        + " TDP MMU",
                "exact",
                kept + " of " + pages + " pages still charged, " + SLOT_PAGES / TABLE + " of them empty tables; "
                        + tdp.usedPages() + " in the TDP MMU",
                Basis.COUNTED,
                kept == pages && tdp.usedPages() == 0,
                ""));
        SlotZapBoots scopes = new SlotZapBoots(boots);
        findings.add(scopes.finding(quick));
        figures = scopes.figures();
        findings.add(new ZapLivelock(boots).finding(quick));
        findings.add(SlotChurn.finding(quick));
        findings.add(new ManySlotChanges(boots).finding(quick));
        findings.add(new GuestTableAccounts(boots).finding());
        findings.add(MemoryTypes.finding());
        findings.add(SlotDeletionRace.finding());
        return findings;
    }

    @Override
    public List<Figure> figures() {
        return figures;
    }

    private static String number(long value) {
        return OrphanedChildren.number(value);
    }

    @Override
    public List<String> leftOut() {
        return List.of();
    }
}
