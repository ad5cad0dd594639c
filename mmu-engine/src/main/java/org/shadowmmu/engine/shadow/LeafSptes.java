package org.shadowmmu.engine.shadow;

import org.shadowmmu.engine.memory.Memslot;

/** Builds leaf SPTEs (ST-10). */
public final class LeafSptes {
    private final MmuCore core;
    private boolean refused;

    LeafSptes(MmuCore core) {
        this.core = core;
    }

    /**
     * Builds the SPTE that maps a frame.
     *
     * @param page the page that will hold it
     * @param index its place; the form of the entry's present value matters (ST-10.5, ST-10a)
     * @param access what the guest allows
     * @param prefetch not asked for by an access
     * @param canUnsync whether guest tables may become unsync for it
     * @param hostWritable whether the host lets the page be written
     */
    public long make(
            ShadowPage page,
            int index,
            Memslot slot,
            int access,
            long gfn,
            long pfn,
            boolean prefetch,
            boolean canUnsync,
            boolean hostWritable) {
        int level = page.level();
        refused = false;
        long spte = pfn << 12 | Spte.SHADOW_PRESENT | Spte.PRESENT;
        if (!prefetch) {
            spte |= Spte.ACCESSED;
        }
        if ((access & Role.ACC_EXEC) == 0 || level > 1 && core.options.nxHugePages()) {
            spte |= Spte.NX;
        }
        if ((access & Role.ACC_USER) != 0) {
            spte |= Spte.USER;
        }
        if (level > 1) {
            spte |= Spte.HUGE;
        }
        if (!hostWritable) {
            return spte;
        }
        spte |= Spte.HOST_WRITABLE;
        if ((access & Role.ACC_WRITE) == 0) {
            return spte;
        }
        long old = page.spt[index];
        boolean shortcut = !canUnsync || !core.options.era().leaves().everyWritableUnsyncs();
        boolean wasWritableLeaf = shortcut && Spte.leaf(old, level) && Spte.writable(old);
        if (!wasWritableLeaf) {
            if (!core.unsync.allowWritable(slot, gfn, canUnsync, prefetch)) {
                refused = true;
                return spte;
            }
            spte |= Spte.DIRTY;
        }
        page.setUnchecked(index, wasWritableLeaf && (Spte.mmio(old) || page.unchecked(index)));
        spte |= Spte.WRITABLE | Spte.MMU_WRITABLE;
        slot.markDirty(gfn);
        return spte;
    }

    /** Whether the last {@link #make} kept a page read-only because it is a guest page table ("wrprot", ST-23). */
    public boolean refused() {
        return refused;
    }
}
