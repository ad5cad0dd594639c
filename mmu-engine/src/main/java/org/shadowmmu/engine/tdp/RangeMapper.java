package org.shadowmmu.engine.tdp;

import java.util.Objects;
import org.shadowmmu.engine.memory.Backing;
import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Rmaps;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/**
 * Maps ranges of guest memory by 4 KiB leaves without a fault: tables and host memory are afterwards as if every page had been
 * accessed in ascending order, but whole subtrees are {@linkplain FoldedEntry folded}, so that the time and memory it takes
 * do not grow with the range.
 */
public final class RangeMapper {
    private static final int BLOCK_PAGES = Backing.BLOCK_PAGES;

    private final MmuCore core;

    RangeMapper(MmuCore core) {
        this.core = core;
    }

    /**
     * Maps a range; see {@link org.shadowmmu.engine.vm.Vcpu#mapWithoutFaults}.
     *
     * @param write whether the accesses write
     * @throws IllegalArgumentException if the accesses would not all do the same; nothing has changed then
     */
    public void map(ShadowPage root, long first, long count, boolean write) {
        if (first < 0 || count < 1 || (first | count) % BLOCK_PAGES != 0) {
            throw new IllegalArgumentException("a range is mapped in whole 2 MiB blocks, not from frame 0x"
                    + Long.toHexString(first) + " for " + count + " pages");
        }
        if (core.pages.indirect() > 0) {
            throw new IllegalArgumentException(
                    "guest page tables are shadowed, and their frames are mapped in another way");
        }
        long end = first + count;
        if (end > TdpMmu.endOf(root)) {
            throw new IllegalArgumentException(
                    "frame 0x" + Long.toHexString(end - 1) + " is out of the host tables' reach");
        }
        int space = Role.addressSpace(root.role);
        long checked = first;
        while (checked < end) {
            checked = check(space, checked, end, write);
        }
        requireEmpty(root, first, end);
        long mapped = first;
        while (mapped < end) {
            mapped = mapPart(root, mapped, end, write);
        }
        core.counters.add(Rmaps.leafCounter(1), count);
    }

    /** Checks the part of a range that lies in the slot at its beginning; returns where that part ends. */
    private long check(int space, long first, long end, boolean write) {
        Memslot slot = core.memslots.findUsable(space, first);
        if (slot == null) {
            throw new IllegalArgumentException("frame 0x" + Long.toHexString(first) + " lies in no memslot");
        }
        if (slot.flags() != 0) {
            throw new IllegalArgumentException("memslot " + slot.id() + " is read-only or logs dirty pages");
        }
        long stop = Math.min(end, slot.endGfn());
        if ((slot.hostPage(first) | stop) % BLOCK_PAGES != 0) {
            throw new IllegalArgumentException(
                    "memslot " + slot.id() + " or the host memory behind it does not consist of whole 2 MiB blocks");
        }
        if (!slot.backing().faultsInAlike(slot.hostPage(first), stop - first, write)) {
            throw new IllegalArgumentException("the host does not back all pages of the range in memslot " + slot.id()
                    + " alike by 4 KiB pages, or takes pages away when they are written");
        }
        return stop;
    }

    /** Maps the part of a range that lies in the slot at its beginning; returns where that part ends. */
    private long mapPart(ShadowPage root, long first, long end, boolean write) {
        Memslot slot = Objects.requireNonNull(core.memslots.find(Role.addressSpace(root.role), first));
        long stop = Math.min(end, slot.endGfn());
        slot.backing().faultInAlike(slot.hostPage(first), stop - first, write);
        fold(root, first, stop, leaf(root.role, slot, first));
        return stop;
    }

    /** The leaf that an access to the first page of a part makes. */
    private long leaf(int rootRole, Memslot slot, long gfn) {
        long page = slot.hostPage(gfn);
        Backing backing = slot.backing();
        ShadowPage scratch = core.pages.createTdp(gfn, Role.withLevel(rootRole, 1));
        long leaf = core.leaves.make(
                scratch, 0, slot, Role.ACC_ALL, gfn, backing.pfn(page), false, true, backing.presentWritable(page));
        core.pages.freeTdp(scratch);
        return leaf;
    }

    /** A frame below a table that stayed when its leaves were zapped may be mapped again; one that is mapped may not. */
    private void requireEmpty(ShadowPage table, long first, long end) {
        int level = table.level();
        long span = 1L << 9 * (level - 1);
        for (long at = first; at < end; at = (at / span + 1) * span) {
            int index = (int) (at / span) & ShadowPage.ENTRIES - 1;
            long spte = table.spt[index];
            if (spte == 0 || spte == FoldedEntry.EMPTY) {
                continue;
            }
            if (!Spte.presentNonLeaf(spte, level) || FoldedEntry.is(spte)) {
                throw new IllegalArgumentException(
                        "frame 0x" + Long.toHexString(at) + " is mapped already, or marked as having no memory");
            }
            requireEmpty(core.pages.child(spte), at, Math.min(end, table.gfnOf(index) + span));
        }
    }

    /** Maps frames by consecutive host frames from the first frame's leaf on. */
    private void fold(ShadowPage table, long first, long end, long firstLeaf) {
        long span = 1L << 9 * (table.level() - 1);
        for (long at = first; at < end; ) {
            int index = (int) (at / span) & ShadowPage.ENTRIES - 1;
            long stop = Math.min(end, (at / span + 1) * span);
            long leaf = firstLeaf + (at - first << 12);
            long spte = table.spt[index];
            if (span == 1) {
                table.spt[index] = leaf;
            } else if (stop - at == span && (spte == 0 || spte == FoldedEntry.EMPTY)) {
                table.spt[index] = FoldedEntry.of(leaf);
            } else {
                fold(spte == 0 ? newTable(table, index) : core.pages.child(table, index), at, stop, leaf);
            }
            at = stop;
        }
    }

    private ShadowPage newTable(ShadowPage parent, int index) {
        ShadowPage table = core.pages.createTdp(parent.gfnOf(index), Role.withLevel(parent.role, parent.level() - 1));
        parent.spt[index] = Spte.nonLeaf(table.id, false);
        return table;
    }
}
