package org.shadowmmu.lab.workload;

import java.util.ArrayList;
import java.util.List;

/** Writes down everything a reader tells, one line each. */
final class Transcript implements StreamVisitor {
    final List<String> lines = new ArrayList<>();

    @Override
    public void header(StreamHeader header) {
        lines.add("header " + header.name() + (header.gva() ? " gva" : ""));
    }

    @Override
    public void slotChange(SlotChange change) {
        lines.add(
                change.operation() + " " + change.addressSpace() + " " + change.gfn() + "+" + change.pages() + " flags "
                        + change.flags() + " " + change.block() + "+" + change.blockPage() + " vcpu " + change.vcpu());
    }

    @Override
    public void windowBegins(int vcpu, long instructions, long accesses) {
        lines.add("window " + vcpu + " " + instructions + " " + accesses);
    }

    @Override
    public void access(EntryKind kind, long gfn) {
        lines.add(kind + " " + gfn);
    }

    @Override
    public void event(GuestEvent event, long argument) {
        lines.add(event + " " + argument);
    }

    @Override
    public void windowEnds() {
        lines.add("end");
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        lines.add(kind + " " + gfn + " through " + Long.toHexString(virtualPage));
    }

    @Override
    public void entryWalked(long tableGfn, int level, int index, int flags, long target) {
        lines.add("walked " + tableGfn + " level " + level + " [" + index + "] flags " + flags + " to " + target);
    }

    @Override
    public void entryWritten(long tableGfn, int index, int flags, long target) {
        lines.add("written " + tableGfn + " [" + index + "] flags " + flags + " to " + target);
    }
}
