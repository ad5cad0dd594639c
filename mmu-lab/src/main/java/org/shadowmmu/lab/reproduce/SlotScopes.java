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

    private static VirtualMachine twoSlots(Bench bench, MmuOptions options) {
        VirtualMachine machine = bench.upstream(options.withTargetedSlotZap(true), 1, new MmuEvents() {});
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
    public Pending<StoryResult> measure(Bench bench, boolean quick) {
        List<Pending<Finding>> claims = new ArrayList<>();
        claims.add(new ManySlotChanges(boots).finding(bench, quick));
        claims.add(SlotChurn.finding(bench, quick));
        claims.add(new ZapLivelock(boots).finding(bench, quick));
        Pending<SlotZapBoots.Told> scopes = new SlotZapBoots(boots).measure(bench, quick);
        claims.add(new GuestTableAccounts(boots).finding(bench));
        claims.add(bench.start(() -> MemoryTypes.finding(bench)));
        claims.add(bench.start(() -> SlotDeletionRace.finding(bench)));
        Pending<List<Finding>> upper = bench.start(() -> onlyOneSlot(bench));
        return () -> {
            List<Finding> findings = new ArrayList<>(upper.get());
            findings.add(scopes.get().finding());
            claims.forEach(claim -> findings.add(claim.get()));
            return new StoryResult(findings, List.of(scopes.get().figure()));
        };
    }

    /** S4.3 and S4.4: two slots with touched memory, of which one is deleted. */
    private static List<Finding> onlyOneSlot(Bench bench) {
        VirtualMachine legacy = twoSlots(bench, MmuOptions.tdp());
        ShadowPage root = legacy.vcpu(0).state().roots().current().page();
        long before = legacy.counters().get(Counter.PAGES_4K);
        long pages = legacy.usedPages();
        legacy.setMemslot(0, 1, 0, 0, 0, 1, 0);
        legacy.vcpu(0).enter();
        long after = legacy.counters().get(Counter.PAGES_4K);
        boolean sameRoot = legacy.vcpu(0).state().roots().current().page() == root;
        Finding untouched = new Finding(
                "S4.3",
                "slot-only: the SPTEs of the other slot, the root and the virtual CPUs are untouched",
                "exact",
                number(before - after) + " leaves gone of " + number(before) + ", root " + (sameRoot ? "kept" : "lost"),
                Basis.COUNTED,
                after == SLOT_PAGES && before == 2L * SLOT_PAGES && sameRoot,
                "");
        long kept = legacy.usedPages();
        VirtualMachine tdp = twoSlots(bench, MmuOptions.withTdpMmu());
        tdp.setMemslot(0, 1, 0, 0, 0, 1, 0);
        Finding charged = new Finding(
                "S4.4",
                "empty upper-level pages stay: at most slot size / 2 MiB + 3; charged in the legacy MMU, never in the"
                        + " TDP MMU",
                "exact",
                kept + " of " + pages + " pages still charged, " + SLOT_PAGES / TABLE + " of them empty tables; "
                        + tdp.usedPages() + " in the TDP MMU",
                Basis.COUNTED,
                kept == pages && tdp.usedPages() == 0,
                "");
        return List.of(untouched, charged);
    }

    private static String number(long value) {
        return OrphanedChildren.number(value);
    }

    @Override
    public List<String> leftOut() {
        return List.of();
    }
}
