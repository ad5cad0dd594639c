package org.shadowmmu.engine.fault;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;

/** The host page behind a faulting frame (PF-16, PF-18, PF-22). One per fault handler, used again for each fault. */
final class HostPage {
    /** What the lookup found. */
    enum Kind {
        /** A page. */
        PAGE,
        /** No memslot: MMIO. */
        NO_SLOT,
        /** A write to a read-only memslot. */
        READ_ONLY_FAULT,
        /** The memslot is going; try again. */
        RETRY
    }

    private final MmuCore core;
    private @Nullable Memslot slot;
    private boolean writable;
    private long sequence;
    /** The page of the slot's backing, if the slot could be asked for it. */
    private long page;

    HostPage(MmuCore core) {
        this.core = core;
    }

    Kind find(@Nullable Memslot found, long gfn, int error) {
        Kind kind = lookUp(found, gfn, error);
        core.interleaving.hostPageFound();
        return kind;
    }

    private Kind lookUp(@Nullable Memslot found, long gfn, int error) {
        slot = found;
        sequence = core.host.invalidateSequence();
        writable = false;
        if (found == null) {
            return Kind.NO_SLOT;
        }
        if (found.invalid()) {
            return Kind.RETRY;
        }
        boolean write = (error & Access.WRITE) != 0;
        if (write && found.readOnly()) {
            return Kind.READ_ONLY_FAULT;
        }
        page = found.hostPage(gfn);
        core.host.faultIn(found.backing(), page, write);
        writable = !found.readOnly() && found.backing().presentWritable(page);
        return Kind.PAGE;
    }

    /** The memslot; null if there is none. */
    @Nullable Memslot slot() {
        return slot;
    }

    /** Whether the host lets the page be written. */
    boolean writable() {
        return writable;
    }

    /** Whether the fault starts again at once because the host took pages away, before it looks at the quota (PF-22). */
    boolean staleAtOnce() {
        return core.options.era().leaves().staleBeforeQuota() && stale();
    }

    /** Whether the host took pages away since the lookup, or takes this one away now (PF-22). */
    boolean stale() {
        return slot != null
                && (core.host.invalidateSequence() != sequence || core.host.invalidating(slot.backing(), page));
    }
}
