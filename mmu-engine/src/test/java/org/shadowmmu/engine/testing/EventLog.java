package org.shadowmmu.engine.testing;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.event.MmuEvents;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.Spte;

/** Writes events down as short lines, numbers in hexadecimal, host frames left out. */
public final class EventLog implements MmuEvents {
    private final List<String> lines = new ArrayList<>();

    /** The lines since the last call. */
    public List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    /** The lines since the last call that begin with one of the words. */
    public List<String> take(String... words) {
        return take().stream()
                .filter(line -> List.of(words).contains(line.split(" ", 2)[0]))
                .toList();
    }

    /** Forgets all lines. */
    public void clear() {
        lines.clear();
    }

    private static String hex(long value) {
        return Long.toHexString(value);
    }

    private static String page(long gfn, int role, int rootCount, boolean unsync) {
        return hex(gfn) + " l" + Role.level(role) + (Role.invalid(role) ? " invalid" : "")
                + (rootCount == 0 ? "" : " root " + rootCount) + (unsync ? " unsync" : "");
    }

    @Override
    public void pageFault(int vcpu, long rip, long address, long error) {
        lines.add("fault " + hex(address) + " error " + hex(error));
    }

    @Override
    public void pagetableWalk(long address, int error) {
        lines.add("walk " + hex(address) + " error " + hex(error));
    }

    @Override
    public void pagingElement(long entry, int level) {
        lines.add("element " + hex(entry) + " l" + level);
    }

    @Override
    public void setAccessedBit(long entryGpa) {
        lines.add("accessed " + hex(entryGpa));
    }

    @Override
    public void setDirtyBit(long entryGpa) {
        lines.add("dirty " + hex(entryGpa));
    }

    @Override
    public void walkerError(int error) {
        lines.add("error " + hex(error));
    }

    @Override
    public void getPage(long gfn, int role, int rootCount, boolean unsync, int generation, boolean created) {
        lines.add("get " + page(gfn, role, rootCount, unsync) + (created ? " new" : " existing"));
    }

    @Override
    public void syncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        lines.add("sync " + page(gfn, role, rootCount, unsync));
    }

    @Override
    public void unsyncPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        lines.add("unsync " + page(gfn, role, rootCount, unsync));
    }

    @Override
    public void prepareZapPage(long gfn, int role, int rootCount, boolean unsync, int generation) {
        lines.add("zap " + page(gfn, role, rootCount, unsync));
    }

    @Override
    public void spteRequested(long gfn, long pfn, int level) {
        lines.add("requested " + hex(gfn) + " l" + level);
    }

    @Override
    public void setSpte(long gfn, int level, long spte, int index) {
        lines.add("set " + hex(gfn) + " l" + level + " " + hex(spte & ~Spte.ADDRESS));
    }

    @Override
    public void tdpSpteChanged(int addressSpace, long gfn, int level, long oldSpte, long newSpte) {
        lines.add("changed " + hex(gfn) + " l" + level + " " + hex(oldSpte & ~Spte.ADDRESS) + " to "
                + hex(newSpte & ~Spte.ADDRESS));
    }

    @Override
    public void markMmioSpte(long gfn, int access, long generation, int index) {
        lines.add("mark " + hex(gfn) + " access " + hex(access) + " gen " + hex(generation));
    }

    @Override
    public void handleMmioPageFault(long address, long gfn, int access) {
        lines.add("handle " + hex(gfn) + " access " + hex(access));
    }

    @Override
    public void checkMmioSpte(long vmGeneration, long spteGeneration, boolean valid) {
        lines.add("check gen " + hex(vmGeneration) + " spte " + hex(spteGeneration) + (valid ? " valid" : " stale"));
    }

    @Override
    public void fastPageFault(long address, long error, long oldSpte, long newSpte, int result, int index) {
        lines.add("fast " + hex(address) + " " + hex(oldSpte & ~Spte.ADDRESS) + " to " + hex(newSpte & ~Spte.ADDRESS)
                + " result " + result);
    }

    @Override
    public void zapAllFast(int oldGeneration, long usedPages) {
        lines.add("zap_all gen " + oldGeneration + " used " + usedPages);
    }

    @Override
    public void unmapHvaRange(int backing, long offset, long length) {
        lines.add("unmap " + backing + " from " + hex(offset) + " length " + hex(length));
    }
}
