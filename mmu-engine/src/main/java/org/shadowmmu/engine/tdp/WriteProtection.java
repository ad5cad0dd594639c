package org.shadowmmu.engine.tdp;

import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;

/** Write protection of guest page tables in both engines, the strong form (ST-40, ST-42, TDP-42, NE-8). */
public final class WriteProtection {
    private final MmuCore core;
    private final TdpMmu tdp;

    /** Makes the write protection of a virtual machine. */
    public WriteProtection(MmuCore core, TdpMmu tdp) {
        this.core = core;
        this.tdp = tdp;
    }

    /** Protects every leaf of a frame from a level on; returns whether a flush is needed. */
    public boolean protectGuestTable(Memslot slot, long gfn, int minLevel) {
        boolean flush = core.rmaps.protectGuestTable(slot, gfn, minLevel);
        return flush | tdp.protectGuestTable(slot, gfn, minLevel);
    }
}
