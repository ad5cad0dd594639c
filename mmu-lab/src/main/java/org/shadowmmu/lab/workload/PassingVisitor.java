package org.shadowmmu.lab.workload;

/** Passes all records on; what stands between a source and a replay extends it. */
public abstract class PassingVisitor implements StreamVisitor {
    private final StreamVisitor next;

    /** Passes on to {@code next}. */
    protected PassingVisitor(StreamVisitor next) {
        this.next = next;
    }

    @Override
    public void header(StreamHeader header) {
        next.header(header);
    }

    @Override
    public void slotChange(SlotChange change) {
        next.slotChange(change);
    }

    @Override
    public void windowBegins(int vcpu, long instructions, long accesses) {
        next.windowBegins(vcpu, instructions, accesses);
    }

    @Override
    public void access(EntryKind kind, long gfn) {
        next.access(kind, gfn);
    }

    @Override
    public void event(GuestEvent event, long argument) {
        next.event(event, argument);
    }

    @Override
    public void dirtyLogRead(long gfn, long pages) {
        next.dirtyLogRead(gfn, pages);
    }

    @Override
    public void windowEnds() {
        next.windowEnds();
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        next.virtualAccess(kind, gfn, virtualPage);
    }

    @Override
    public void entryWalked(long tableGfn, int level, int index, int flags, long target) {
        next.entryWalked(tableGfn, level, index, flags, target);
    }

    @Override
    public void entryWritten(long tableGfn, int index, int flags, long target) {
        next.entryWritten(tableGfn, index, flags, target);
    }
}
