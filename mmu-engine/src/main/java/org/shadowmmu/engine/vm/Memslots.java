package org.shadowmmu.engine.vm;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.memory.MemslotTable;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Spte;
import org.shadowmmu.engine.zap.FastZap;
import org.shadowmmu.engine.zap.Reclaimer;
import org.shadowmmu.engine.zap.SlotZap;

/** Changes of memslots, and what follows from each (MS-2 to MS-13, RC-21). */
final class Memslots {
    static final int OK = 0;
    static final int NO_ENTRY = 2;
    static final int EXISTS = 17;
    static final int INVALID = 22;

    private static final int KNOWN_FLAGS = Memslot.LOG_DIRTY | Memslot.READONLY;

    private final MmuCore core;
    private final FastZap fastZap;
    private final SlotZap slotZap;
    private final Reclaimer reclaimer;
    private final DirtyLog dirtyLog;

    Memslots(MmuCore core, FastZap fastZap, SlotZap slotZap, Reclaimer reclaimer, DirtyLog dirtyLog) {
        this.core = core;
        this.fastZap = fastZap;
        this.slotZap = slotZap;
        this.reclaimer = reclaimer;
        this.dirtyLog = dirtyLog;
    }

    int set(int space, int id, long baseGfn, long pages, int flags, int backing, long backingPage) {
        if (space < 0 || space >= MemslotTable.ADDRESS_SPACES || id < 0 || baseGfn < 0 || pages < 0) {
            return INVALID;
        }
        Memslot old = core.memslots.byId(space, id);
        if (pages == 0) {
            return old == null ? INVALID : delete(old);
        }
        if ((flags & ~KNOWN_FLAGS) != 0 || !core.host.has(backing) || backingPage < 0) {
            return INVALID;
        }
        if (backingPage + pages > core.host.backing(backing).pages()) {
            return INVALID;
        }
        if (old == null) {
            return create(space, id, baseGfn, pages, flags, backing, backingPage);
        }
        if (old.pages() != pages
                || old.backing().id() != backing
                || old.backingPage() != backingPage
                || ((old.flags() ^ flags) & Memslot.READONLY) != 0) {
            return INVALID;
        }
        if (old.baseGfn() != baseGfn) {
            return move(old, baseGfn, flags);
        }
        return old.flags() == flags ? OK : changeFlags(old, flags);
    }

    private int create(int space, int id, long baseGfn, long pages, int flags, int backing, long backingPage) {
        if (core.memslots.overlaps(space, baseGfn, pages, -1)) {
            return EXISTS;
        }
        tell(MemslotChange.Kind.CREATE, id, space, baseGfn, pages);
        Memslot made = core.memslots.create(id, space, baseGfn, pages, core.host.backing(backing), backingPage, flags);
        markIfInitiallySet(null, made);
        zapIfGenerationWrapped(space);
        reclaimer.memslotsChanged();
        return OK;
    }

    private int delete(Memslot slot) {
        leave(slot, MemslotChange.Kind.DELETE);
        core.memslots.delete(slot);
        zapIfGenerationWrapped(slot.addressSpace());
        reclaimer.memslotsChanged();
        return OK;
    }

    private int move(Memslot slot, long baseGfn, int flags) {
        if (core.memslots.overlaps(slot.addressSpace(), baseGfn, slot.pages(), slot.id())) {
            return EXISTS;
        }
        leave(slot, MemslotChange.Kind.MOVE);
        markIfInitiallySet(slot, core.memslots.move(slot, baseGfn, flags));
        zapIfGenerationWrapped(slot.addressSpace());
        return OK;
    }

    /** Makes a slot invalid and zaps what must go with it (MS-10.1, MS-10.2). */
    private void leave(Memslot slot, MemslotChange.Kind kind) {
        MemslotChange change = tell(kind, slot.id(), slot.addressSpace(), slot.baseGfn(), slot.pages());
        core.memslots.invalidate(slot);
        zapIfGenerationWrapped(slot.addressSpace());
        slotZap.zap(slot, change);
        core.interleaving.slotZapped();
    }

    private int changeFlags(Memslot slot, int flags) {
        tell(MemslotChange.Kind.FLAGS_ONLY, slot.id(), slot.addressSpace(), slot.baseGfn(), slot.pages());
        Memslot changed = core.memslots.changeFlags(slot, flags);
        markIfInitiallySet(slot, changed);
        zapIfGenerationWrapped(slot.addressSpace());
        if (changed.readOnly()) {
            return OK;
        }
        if (changed.logsDirty()) {
            dirtyLog.enabled(changed);
        } else {
            dirtyLog.disabled(changed);
        }
        return OK;
    }

    /** In the "initially set" protocol a dirty bitmap is all ones when it is made, whatever made it (DL-1a). */
    private void markIfInitiallySet(@Nullable Memslot old, Memslot now) {
        if (core.options.dirtyInitiallySet() && now.logsDirty() && (old == null || !old.logsDirty())) {
            now.markAllDirty();
        }
    }

    private MemslotChange tell(MemslotChange.Kind kind, int id, int space, long baseGfn, long pages) {
        MemslotChange change = new MemslotChange(kind, id, space, baseGfn, pages);
        core.policies.slotChanging(change);
        return change;
    }

    /** MMIO SPTEs keep 19 bits of the generation; when those begin again, everything goes (MS-4). */
    private void zapIfGenerationWrapped(int space) {
        if ((Spte.mmioGenerationOf(core.memslots.generation(space)) & ~1L) == 0) {
            fastZap.zapAll();
        }
    }

    /** The slot whose dirty log is asked for; null if there is none or it does not log. */
    @Nullable Memslot logging(int space, int id) {
        Memslot slot = core.memslots.byId(space, id);
        return slot != null && slot.logsDirty() ? slot : null;
    }
}
