package org.shadowmmu.lab.workload;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.shadowmmu.lab.workload.SlotTable.Slot;

/**
 * Carries out the slot changes of a stream on a virtual machine: RAM blocks become the host's memory, each big enough for
 * every slot of the stream that lies in it, and adds, deletes and logging changes become memslot operations.
 */
final class MemoryLayout {
    private static final int KVM_FLAGS = SlotChange.LOG_DIRTY | SlotChange.READ_ONLY;

    private final GuestMachine machine;
    private final Map<String, Integer> backings = new TreeMap<>();
    private final List<SlotTable> spaces = List.of(new SlotTable(), new SlotTable());

    /** Gives {@code machine} the RAM blocks; no slot exists yet. */
    MemoryLayout(GuestMachine machine, List<StreamSurvey.Block> blocks, boolean huge) {
        this.machine = machine;
        for (StreamSurvey.Block block : blocks) {
            int id = backings.size();
            machine.addBacking(id, block.pages(), huge);
            backings.put(block.name(), id);
        }
    }

    /** Carries out one change. */
    void apply(SlotChange change) {
        SlotTable table = spaces.get(change.addressSpace());
        switch (change.operation()) {
            case ADD -> {
                Integer backing = backings.get(change.block());
                if (backing == null) {
                    throw new ReplayException("The stream adds a slot in RAM block '" + change.block()
                            + "', which was not in it when it was surveyed.");
                }
                Slot slot = new Slot(
                        table.lowestFree(),
                        change.gfn(),
                        change.pages(),
                        change.flags() & KVM_FLAGS,
                        backing,
                        change.blockPage());
                set(change, slot, slot.pages());
                table.put(slot);
            }
            case DELETE -> {
                Slot slot = existing(table, change);
                set(change, slot, 0);
                table.remove(slot);
            }
            case LOG_START -> relog(table, change, SlotChange.LOG_DIRTY);
            case LOG_STOP -> relog(table, change, 0);
        }
    }

    /** Reads the dirty log of a slot of the normal address space; returns the number of dirty pages. */
    long readDirtyLog(long gfn, long pages) {
        Slot slot = spaces.get(0).find(gfn, pages);
        long dirty = slot == null ? -1 : machine.readDirtyLog(0, slot.id());
        if (dirty < 0) {
            throw new ReplayException(
                    "The dirty log of " + pages + " pages at frame " + gfn + " was read, but no slot there logs.");
        }
        return dirty;
    }

    private void relog(SlotTable table, SlotChange change, int log) {
        Slot old = existing(table, change);
        int flags = old.flags() & ~SlotChange.LOG_DIRTY | log;
        Slot slot = new Slot(old.id(), old.gfn(), old.pages(), flags, old.backing(), old.backingPage());
        set(change, slot, slot.pages());
        table.put(slot);
    }

    private static Slot existing(SlotTable table, SlotChange change) {
        Slot slot = table.find(change.gfn(), change.pages());
        if (slot == null) {
            throw new ReplayException("The stream changes a slot that does not exist: " + describe(change) + ".");
        }
        return slot;
    }

    private void set(SlotChange change, Slot slot, long pages) {
        int error = machine.setMemslot(
                change.addressSpace(), slot.id(), slot.gfn(), pages, slot.flags(), slot.backing(), slot.backingPage());
        if (error != 0) {
            throw new ReplayException(
                    "The virtual machine refused a slot change with error " + error + ": " + describe(change) + ".");
        }
    }

    private static String describe(SlotChange change) {
        return change.operation().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " of " + change.pages()
                + " pages at frame " + change.gfn() + " in address space " + change.addressSpace() + " (transaction "
                + change.transaction() + ")";
    }
}
