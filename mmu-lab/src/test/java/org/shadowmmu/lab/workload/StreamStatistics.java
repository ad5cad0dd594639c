package org.shadowmmu.lab.workload;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts a stream as {@code STATS.json} does, with other code than the one that wrote it. */
final class StreamStatistics implements StreamVisitor {
    private static final Map<EntryKind, String> LETTERS =
            Map.of(EntryKind.READ, "R", EntryKind.WRITE, "W", EntryKind.FETCH, "X", EntryKind.TABLE_READ, "T");
    private static final Map<GuestEvent, String> EVENTS = Map.of(
            GuestEvent.CR3, "cr3",
            GuestEvent.INVLPG, "invlpg",
            GuestEvent.CR0, "cr0",
            GuestEvent.CR4, "cr4",
            GuestEvent.HLT, "hlt",
            GuestEvent.MARKER, "mark");

    long instructions;
    long accesses;
    long windows;
    long slotChanges;
    long regionReferences;
    long fifoMisses;
    final Map<String, Long> entries = new TreeMap<>();
    final Map<String, Long> events = new TreeMap<>();
    final PageSet frames = new PageSet();
    final PageSet regions = new PageSet();
    final PageSet tables = new PageSet();
    final PageSet roots = new PageSet();

    private final Set<Long> fifo = new LinkedHashSet<>();
    private long previousRegion = -1;

    @Override
    public void slotChange(SlotChange change) {
        boolean addOrDelete =
                change.operation() == SlotChange.Operation.ADD || change.operation() == SlotChange.Operation.DELETE;
        if (addOrDelete && change.addressSpace() == 0) {
            slotChanges++;
        }
    }

    @Override
    public void windowBegins(int vcpu, long executed, long made) {
        windows++;
        instructions += executed;
        accesses += made;
    }

    @Override
    public void access(EntryKind kind, long gfn) {
        entries.merge(LETTERS.get(kind), 1L, Long::sum);
        frame(gfn);
        if (kind == EntryKind.TABLE_READ) {
            tables.add(gfn);
        }
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        access(kind, gfn);
    }

    @Override
    public void entryWalked(long tableGfn, int level, int index, int flags, long target) {
        entries.merge("T", 1L, Long::sum);
        frame(tableGfn);
        tables.add(tableGfn);
    }

    @Override
    public void entryWritten(long tableGfn, int index, int flags, long target) {
        entries.merge("P", 1L, Long::sum);
        frame(tableGfn);
        tables.add(tableGfn);
    }

    @Override
    public void event(GuestEvent event, long argument) {
        events.merge(EVENTS.get(event), 1L, Long::sum);
        if (event == GuestEvent.CR3) {
            roots.add(argument);
        }
    }

    private void frame(long gfn) {
        frames.add(gfn);
        long region = gfn >> 9;
        regions.add(region);
        if (region != previousRegion) {
            previousRegion = region;
            regionReferences++;
            if (!fifo.contains(region)) {
                fifoMisses++;
                if (fifo.size() >= 60) {
                    fifo.remove(fifo.iterator().next());
                }
                fifo.add(region);
            }
        }
    }
}
