package org.shadowmmu.engine.vm;

import org.shadowmmu.engine.memory.Memslot;
import org.shadowmmu.engine.shadow.MmuCore;

/**
 * What a guest's own page tables allow, computed from memory and control registers by a small model of the processor: it
 * knows nothing of the engine but how to read memory.
 */
final class GuestModel {
    private static final int PHYSICAL_BITS = 40;

    private final MmuCore core;

    private int levels;
    private boolean fourByte;
    private boolean writeProtect;
    private boolean noExecute;
    private boolean smep;
    private boolean smap;
    private boolean largePages;
    private long cr3;
    private long[] pdptes = new long[4];

    private int error;
    private long gfn;

    GuestModel(MmuCore core) {
        this.core = core;
    }

    /** Takes over control registers; {@code newPdptes} are those loaded last, used in PAE paging. */
    void registers(long cr0, long newCr3, long cr4, long efer, long[] newPdptes) {
        boolean pae = (cr4 & 1 << 5) != 0;
        boolean longMode = (efer & 1 << 10) != 0;
        levels = (cr0 & 1L << 31) == 0 ? 0 : longMode ? ((cr4 & 1 << 12) != 0 ? 5 : 4) : pae ? 3 : 2;
        fourByte = levels == 2;
        writeProtect = (cr0 & 1 << 16) != 0;
        noExecute = (efer & 1 << 11) != 0;
        smep = (cr4 & 1 << 20) != 0;
        smap = (cr4 & 1 << 21) != 0;
        largePages = !fourByte || (cr4 & 1 << 4) != 0;
        cr3 = newCr3;
        pdptes = newPdptes;
    }

    /** Whether the guest may access an address; sets {@link #gfn} or {@link #error}. */
    boolean allows(long va, boolean write, boolean fetch, boolean user) {
        int asked = (write ? 2 : 0) | (user ? 4 : 0) | (fetch && (noExecute || smep) ? 16 : 0);
        if (levels == 0) {
            gfn = va >>> 12;
            return true;
        }
        long table = (fourByte ? cr3 & 0xffffffffL : cr3 & (1L << 52) - 1) >>> 12;
        int level = levels;
        if (level == 3) {
            long pdpte = pdptes[(int) (va >>> 30) & 3];
            if ((pdpte & 1) == 0) {
                return fails(asked);
            }
            table = address(pdpte) >>> 12;
            level = 2;
        }
        boolean writable = true;
        boolean userPage = true;
        boolean executable = true;
        while (true) {
            int bits = fourByte ? 10 : 9;
            long index = va >>> 12 + bits * (level - 1) & (1 << bits) - 1;
            if (slot(table) == null) {
                return fails(asked);
            }
            long entry = entry(table, (int) index, fourByte);
            if ((entry & 1) == 0) {
                return fails(asked);
            }
            if ((entry & reserved(entry, level)) != 0) {
                return fails(asked | 9);
            }
            writable &= (entry & 2) != 0;
            userPage &= (entry & 4) != 0;
            executable &= entry >= 0;
            boolean large = level > 1 && (entry & 128) != 0 && largePages;
            if (level == 1 || large) {
                boolean refused = write && !writable && (user || writeProtect)
                        || user && !userPage
                        || fetch && noExecute && !executable
                        || fetch && smep && !user && userPage
                        || !fetch && smap && !user && userPage;
                if (refused) {
                    return fails(asked | 1);
                }
                gfn = frame(entry, level, va);
                return true;
            }
            table = address(entry) >>> 12;
            level--;
        }
    }

    private boolean fails(int code) {
        error = code;
        return false;
    }

    private long frame(long entry, int level, long va) {
        int bits = (fourByte ? 10 : 9) * (level - 1);
        long pages = 1L << bits;
        long base = address(entry) >>> 12 & -pages;
        if (fourByte && level == 2) {
            base |= (entry >>> 13 & 15) << 20;
        }
        return base + (va >>> 12 & pages - 1);
    }

    private long address(long entry) {
        return entry & (fourByte ? 0xfffff000L : 0xffffffffff000L);
    }

    private long reserved(long entry, int level) {
        boolean large = level > 1 && (entry & 128) != 0 && largePages;
        if (fourByte) {
            return large ? 0x3e0000 : 0;
        }
        long mask = noExecute ? 0 : 1L << 63;
        for (int bit = PHYSICAL_BITS; bit < (levels == 3 ? 63 : 52); bit++) {
            mask |= 1L << bit;
        }
        return switch (level) {
            case 1 -> mask;
            case 2 -> large ? mask | 0x1fe000 : mask;
            case 3 -> large ? mask | 0x3fffe000 : mask;
            default -> mask | 0x180;
        };
    }

    private Memslot slot(long frame) {
        return core.memslots.findUsable(0, frame);
    }

    /** An entry of a guest table; 0 outside memory. */
    long entry(long table, int index, boolean ofFourBytes) {
        Memslot slot = slot(table);
        if (slot == null) {
            return 0;
        }
        long word = slot.backing().read(slot.hostPage(table), ofFourBytes ? index >> 1 : index);
        return ofFourBytes ? word >>> 32 * (index & 1) & 0xffffffffL : word;
    }

    /** The error code of an access that is not allowed. */
    int error() {
        return error;
    }

    /** The frame that an allowed access reaches. */
    long gfn() {
        return gfn;
    }

    /** Levels of the tables; 0 while paging is off. */
    int levels() {
        return levels;
    }
}
