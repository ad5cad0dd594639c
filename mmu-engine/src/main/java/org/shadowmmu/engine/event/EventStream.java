package org.shadowmmu.engine.event;

import org.jspecify.annotations.Nullable;

/** The one event stream of a virtual machine: numbers events and hands them to a listener, if there is one. */
public final class EventStream {
    private final @Nullable MmuEvents listener;
    private long number;

    /** Makes a stream; without a listener events are only counted. */
    public EventStream(@Nullable MmuEvents listener) {
        this.listener = listener;
    }

    /** Whether anybody hears events; if not, {@link #skip} may stand for many. */
    public boolean heard() {
        return listener != null;
    }

    /** Counts events that nobody hears. */
    public void skip(long events) {
        number += events;
    }

    /** The number of events so far. */
    public long number() {
        return number;
    }

    /** Passes on {@link MmuEvents#pageFault}. */
    public void pageFault(int vcpu, long rip, long address, long error) {
        number++;
        if (listener != null) {
            listener.pageFault(vcpu, rip, address, error);
        }
    }

    /** Passes on {@link MmuEvents#pagetableWalk}. */
    public void pagetableWalk(long address, int error) {
        number++;
        if (listener != null) {
            listener.pagetableWalk(address, error);
        }
    }

    /** Passes on {@link MmuEvents#pagingElement}. */
    public void pagingElement(long entry, int level) {
        number++;
        if (listener != null) {
            listener.pagingElement(entry, level);
        }
    }

    /** Passes on {@link MmuEvents#setAccessedBit}. */
    public void setAccessedBit(long entryGpa) {
        number++;
        if (listener != null) {
            listener.setAccessedBit(entryGpa);
        }
    }

    /** Passes on {@link MmuEvents#setDirtyBit}. */
    public void setDirtyBit(long entryGpa) {
        number++;
        if (listener != null) {
            listener.setDirtyBit(entryGpa);
        }
    }

    /** Passes on {@link MmuEvents#walkerError}. */
    public void walkerError(int error) {
        number++;
        if (listener != null) {
            listener.walkerError(error);
        }
    }

    /** Passes on {@link MmuEvents#getPage}. */
    public void getPage(long gfn, int role, int rootCount, boolean unsync, int generation, boolean created) {
        number++;
        if (listener != null) {
            listener.getPage(gfn, role, rootCount, unsync, generation, created);
        }
    }

    /** Passes on {@link MmuEvents#syncPage}. */
    public void syncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        number++;
        if (listener != null) {
            listener.syncPage(gfn, role, rootCount, unsync, generation);
        }
    }

    /** Passes on {@link MmuEvents#unsyncPage}. */
    public void unsyncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        number++;
        if (listener != null) {
            listener.unsyncPage(gfn, role, rootCount, unsync, generation);
        }
    }

    /** Passes on {@link MmuEvents#prepareZapPage}. */
    public void prepareZapPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        number++;
        if (listener != null) {
            listener.prepareZapPage(gfn, role, rootCount, unsync, generation);
        }
    }

    /** Passes on {@link MmuEvents#spteRequested}. */
    public void spteRequested(long gfn, long pfn, int level) {
        number++;
        if (listener != null) {
            listener.spteRequested(gfn, pfn, level);
        }
    }

    /** Passes on {@link MmuEvents#setSpte}. */
    public void setSpte(long gfn, int level, long spte, int index) {
        number++;
        if (listener != null) {
            listener.setSpte(gfn, level, spte, index);
        }
    }

    /** Passes on {@link MmuEvents#tdpSpteChanged}. */
    public void tdpSpteChanged(int addressSpace, long gfn, int level, long oldSpte, long newSpte) {
        number++;
        if (listener != null) {
            listener.tdpSpteChanged(addressSpace, gfn, level, oldSpte, newSpte);
        }
    }

    /** Passes on {@link MmuEvents#markMmioSpte}. */
    public void markMmioSpte(long gfn, int access, long generation, int index) {
        number++;
        if (listener != null) {
            listener.markMmioSpte(gfn, access, generation, index);
        }
    }

    /** Passes on {@link MmuEvents#handleMmioPageFault}. */
    public void handleMmioPageFault(long address, long gfn, int access) {
        number++;
        if (listener != null) {
            listener.handleMmioPageFault(address, gfn, access);
        }
    }

    /** Passes on {@link MmuEvents#checkMmioSpte}. */
    public void checkMmioSpte(long vmGeneration, long spteGeneration, boolean valid) {
        number++;
        if (listener != null) {
            listener.checkMmioSpte(vmGeneration, spteGeneration, valid);
        }
    }

    /** Passes on {@link MmuEvents#fastPageFault}. */
    public void fastPageFault(long address, long error, long oldSpte, long newSpte, int result, int index) {
        number++;
        if (listener != null) {
            listener.fastPageFault(address, error, oldSpte, newSpte, result, index);
        }
    }

    /** Passes on {@link MmuEvents#zapAllFast}. */
    public void zapAllFast(int oldGeneration, long usedPages) {
        number++;
        if (listener != null) {
            listener.zapAllFast(oldGeneration, usedPages);
        }
    }

    /** Passes on {@link MmuEvents#splitHugePage}. */
    public void splitHugePage(long gfn, long spte, int level, int errno) {
        number++;
        if (listener != null) {
            listener.splitHugePage(gfn, spte, level, errno);
        }
    }

    /** Passes on {@link MmuEvents#unmapHvaRange}. */
    public void unmapHvaRange(int backing, long offset, long length) {
        number++;
        if (listener != null) {
            listener.unmapHvaRange(backing, offset, length);
        }
    }
}
