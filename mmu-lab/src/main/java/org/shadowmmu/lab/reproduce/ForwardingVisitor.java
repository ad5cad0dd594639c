package org.shadowmmu.lab.reproduce;

import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.GuestEvent;
import org.shadowmmu.lab.workload.SlotChange;
import org.shadowmmu.lab.workload.StreamHeader;
import org.shadowmmu.lab.workload.StreamVisitor;

/** Passes the records of a stream without virtual addresses on; override what is to be seen. */
class ForwardingVisitor implements StreamVisitor {
    private final StreamVisitor next;

    ForwardingVisitor(StreamVisitor next) {
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
    public void windowEnds() {
        next.windowEnds();
    }
}
