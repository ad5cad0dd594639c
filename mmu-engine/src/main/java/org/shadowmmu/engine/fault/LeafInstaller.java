package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.era.LeafRules;
import org.shadowmmu.engine.era.SetSpteEvents;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.request.VcpuRequests;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.zap.Zapper;

/** Installs a leaf SPTE, for a fault or as a neighbour ("set SPTE", ST-20 to ST-28). */
public final class LeafInstaller {
    /** Leaves of one frame beyond which all of them are dropped (RMAP_RECYCLE_THRESHOLD). */
    private static final int RMAP_LIMIT = 1000;

    private final MmuCore core;
    private final Zapper zapper;
    private final LeafRules rules;

    /** Makes the installer of a virtual machine. */
    public LeafInstaller(MmuCore core, Zapper zapper) {
        this.core = core;
        this.zapper = zapper;
        this.rules = core.options.era().leaves();
    }

    /**
     * Installs the mapping of a frame without memory: an MMIO SPTE (ST-21).
     *
     * @return always {@link Outcome#EMULATE}
     */
    Outcome installMmio(ShadowPage page, int index, int access, long gfn, int vcpu) {
        core.lock.looked(1);
        boolean flush = Spte.present(page.spt[index]) && replace(page, index, -1);
        core.counters.add(Counter.PF_MMIO_SPTE_CREATED, vcpu, 1);
        long generation = core.memslots.generation(Role.addressSpace(page.role));
        long spte = Spte.mmio(gfn, access, generation);
        core.events.markMmioSpte(gfn, (int) spte & 7, Spte.mmioGenerationOf(generation), index);
        page.spt[index] = spte;
        if (flush) {
            core.requests.remoteFlush();
        }
        if (rules.events() == SetSpteEvents.ALWAYS) {
            core.events.setSpte(gfn, page.level(), spte, index);
        }
        return Outcome.EMULATE;
    }

    /**
     * What old eras do when a fault ends in emulation although an SPTE was installed: they count it as fixed, too, and
     * flush the virtual CPU if a write was refused (ST-29).
     *
     * @param memory whether the frame has memory, so that the reason is a refused write
     */
    void settleEmulation(int vcpu, boolean memory) {
        if (!rules.unchangedIsSpurious()) {
            core.counters.add(Counter.PF_FIXED, vcpu, 1);
        }
        if (memory && rules.refusalFlushes()) {
            core.requests.raise(vcpu, VcpuRequests.TLB_FLUSH_CURRENT);
        }
    }

    /**
     * Installs the mapping of a page.
     *
     * @param write whether a write is waiting for it
     * @param prefetch whether nobody asked for it
     */
    Outcome install(
            ShadowPage page,
            int index,
            Memslot slot,
            int access,
            long gfn,
            long pfn,
            boolean write,
            boolean prefetch,
            boolean hostWritable) {
        core.lock.looked(1);
        boolean present = Spte.present(page.spt[index]);
        boolean flush = present && replace(page, index, pfn);
        boolean mapped = present && !flush;
        long old = page.spt[index];
        long spte = core.leaves.make(page, index, slot, access, gfn, pfn, prefetch, true, hostWritable);
        Outcome outcome = rules.unchangedIsSpurious() ? Outcome.SPURIOUS : Outcome.FIXED;
        if (spte != old) {
            outcome = Outcome.FIXED;
            page.spt[index] = spte;
            if (rules.events() == SetSpteEvents.CHANGED) {
                core.events.setSpte(gfn, page.level(), spte, index);
            }
            flush |= Spte.needsFlush(old, spte);
        }
        if (core.leaves.refused() && write) {
            outcome = Outcome.EMULATE;
        }
        if (flush) {
            core.requests.remoteFlush();
        }
        if (rules.events() == SetSpteEvents.ALWAYS) {
            core.events.setSpte(gfn, page.level(), spte, index);
        }
        page.setTranslation(index, gfn, access);
        if (!mapped && core.rmaps.add(page, index, slot, gfn) > RMAP_LIMIT) {
            core.rmaps.zap(slot, page.level(), slot.index(gfn, page.level()));
            core.requests.remoteFlush();
        }
        if (core.policies.hearsLeafInstalled()) {
            core.policies.leafInstalled(page, index, prefetch);
        }
        return outcome;
    }

    /** Clears a present entry that does not map this host frame (ST-20); returns whether it did. */
    private boolean replace(ShadowPage page, int index, long pfn) {
        long old = page.spt[index];
        if (!Spte.leaf(old, page.level())) {
            zapper.unlink(page, index, core.pages.child(old));
            return true;
        }
        if (Spte.pfn(old) == pfn) {
            return false;
        }
        core.rmaps.drop(page, index);
        return true;
    }

    /** The slot of a frame that may be mapped without a fault; null if there is none (PR-3, PR-6). */
    @Nullable Memslot slotForPrefetch(int addressSpace, long gfn, boolean writable) {
        Memslot slot = core.memslots.findUsable(addressSpace, gfn);
        return slot == null || writable && slot.logsDirty() || slot.readOnly() ? null : slot;
    }
}
