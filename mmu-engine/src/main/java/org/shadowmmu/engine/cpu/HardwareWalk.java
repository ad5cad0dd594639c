package org.shadowmmu.engine.cpu;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.guest.Access;
import org.shadowmmu.engine.guest.PagingMode;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;
import org.shadowmmu.engine.shadow.Spte;

/**
 * The processor's walk of the MMU's tables: NPT, or shadow tables (OV-8, OV-10, RC-3, RC-4). The result of a successful
 * walk lies here until the next one.
 */
public final class HardwareWalk {
    /** The walk succeeded. */
    public static final int OK = -1;

    private final MmuCore core;
    private final ShadowPages pages;
    private long pfn;
    private long rights;
    private int leafLevel;

    /** Makes the walk of a virtual machine. */
    public HardwareWalk(MmuCore core) {
        this.core = core;
        this.pages = core.pages;
    }

    /**
     * Walks NPT tables for an access by the guest. A folded entry on the way is unfolded.
     *
     * @param root the root in use
     * @param gpa the guest physical address
     * @param access {@link Access#WRITE}, {@link Access#FETCH}; the user bit is always set in nested walks
     * @return {@link #OK}, or the error code of the exit without the bits above 31
     */
    public int nested(ShadowPage root, long gpa, int access) {
        ShadowPage page = root;
        int level = Role.level(root.role);
        while (true) {
            int index = (int) (gpa >>> 3 + 9 * level) & ShadowPage.ENTRIES - 1;
            long spte = page.spt[index];
            if ((spte & Spte.PRESENT) == 0) {
                return FoldedEntry.is(spte) ? unfolded(root, page, index, gpa, access) : access | Access.USER;
            }
            if (!Spte.present(spte)) {
                return access | Access.USER | Access.RESERVED;
            }
            if (Spte.leaf(spte, level)) {
                return leaf(page, index, spte, level, gpa, access);
            }
            page = pages.child(spte);
            level--;
        }
    }

    /** Walks again with a folded entry on the way unfolded; apart from the walk, which stays small. */
    private int unfolded(ShadowPage root, ShadowPage page, int index, long gpa, int access) {
        pages.child(page, index);
        return nested(root, gpa, access);
    }

    private int leaf(ShadowPage page, int index, long spte, int level, long gpa, int access) {
        boolean refused = (access & Access.WRITE) != 0 && !Spte.writable(spte)
                || (access & Access.FETCH) != 0 && spte < 0
                || (spte & Spte.USER) == 0;
        if (refused) {
            return access | Access.USER | Access.PRESENT;
        }
        boolean write = (access & Access.WRITE) != 0;
        touch(page, index, spte, write);
        rights = write ? spte | Spte.DIRTY : spte;
        leafLevel = level;
        pfn = Spte.pfn(spte) + (gpa >>> 12 & (1L << 9 * (level - 1)) - 1);
        return OK;
    }

    /**
     * Walks shadow tables for an access by the guest. The hardware runs with CR0.WP and EFER.NX set whatever the guest has
     * (RC-3).
     *
     * @param start the page at which the walk starts; null if the entry of a PAE root is empty
     * @param access bits of {@link Access}
     * @param guest the guest's paging, for SMEP and SMAP
     * @return {@link #OK}, or the error code of the exit
     */
    public int shadow(@Nullable ShadowPage start, long address, int access, PagingMode guest) {
        if (start == null) {
            return access;
        }
        ShadowPage page = start;
        int level = page.level();
        long combined = -1L ^ Spte.NX;
        while (true) {
            int index = (int) (address >>> 3 + 9 * level) & ShadowPage.ENTRIES - 1;
            long spte = page.spt[index];
            if ((spte & Spte.PRESENT) == 0) {
                return access;
            }
            if (!Spte.present(spte)) {
                return access | Access.RESERVED;
            }
            combined = combined & spte | (combined | spte) & Spte.NX;
            if (!Spte.leaf(spte, level)) {
                page = pages.child(spte);
                level--;
                continue;
            }
            if (refuses(combined, access, guest)) {
                return access | Access.PRESENT;
            }
            boolean write = (access & Access.WRITE) != 0;
            touch(page, index, spte, write);
            rights = write ? combined | Spte.DIRTY : combined | spte & Spte.DIRTY;
            leafLevel = level;
            pfn = Spte.pfn(spte) + (address >>> 12 & (1L << 9 * (level - 1)) - 1);
            return OK;
        }
    }

    /** Whether a processor that kept the {@link #rights} of a walk may use them; a write must find the leaf dirty. */
    public static boolean allows(long rights, int access, PagingMode guest) {
        return marked(rights, access) && !refuses(rights, access, guest);
    }

    /** As {@link #allows}, for a walk of NPT. */
    public static boolean allowsNested(long rights, int access) {
        boolean refused =
                (access & Access.WRITE) != 0 && !Spte.writable(rights) || (access & Access.FETCH) != 0 && rights < 0;
        return marked(rights, access) && !refused;
    }

    private static boolean marked(long rights, int access) {
        return (access & Access.WRITE) == 0 || (rights & Spte.DIRTY) != 0;
    }

    private static boolean refuses(long spte, int access, PagingMode guest) {
        boolean user = (access & Access.USER) != 0;
        boolean userPage = (spte & Spte.USER) != 0;
        if (user && !userPage || (access & Access.WRITE) != 0 && !Spte.writable(spte)) {
            return true;
        }
        if ((access & Access.FETCH) != 0) {
            return spte < 0 || guest.smep() && !user && userPage;
        }
        return guest.smap() && !user && userPage;
    }

    /** Sets the accessed bit, and for a write the dirty bit. */
    private void touch(ShadowPage page, int index, long spte, boolean write) {
        long touched = spte | (write ? Spte.ACCESSED | Spte.DIRTY : Spte.ACCESSED);
        if (touched != spte) {
            page.spt[index] = touched;
            if ((spte & Spte.ACCESSED) == 0 && core.policies.hearsAccessedBit()) {
                core.policies.accessedBitSet(page, index);
            }
        }
    }

    /** The host frame that the last successful walk found. */
    public long pfn() {
        return pfn;
    }

    /** The bits of the SPTEs of the last successful walk, taken together; dirty is that of the leaf. */
    public long rights() {
        return rights;
    }

    /** The level of the leaf of the last successful walk. */
    public int leafLevel() {
        return leafLevel;
    }

    /** The last SPTE that a walk for the address reaches: its page, whose entry {@link #indexAt} says; for the hypervisor. */
    public static @Nullable ShadowPage lastPage(MmuCore core, @Nullable ShadowPage root, long address) {
        ShadowPage page = root;
        while (page != null) {
            int index = indexAt(page, address);
            if (!Spte.presentNonLeaf(page.spt[index], page.level())) {
                return page;
            }
            page = core.pages.child(page, index);
        }
        return null;
    }

    /** The index of the address's entry in a page. */
    public static int indexAt(ShadowPage page, long address) {
        return (int) (address >>> 3 + 9 * page.level()) & ShadowPage.ENTRIES - 1;
    }
}
