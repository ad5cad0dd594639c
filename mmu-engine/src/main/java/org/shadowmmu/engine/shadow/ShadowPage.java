package org.shadowmmu.engine.shadow;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.PageVisitor;
import org.shadowmmu.api.ShadowPageView;

/**
 * A shadow page: 512 SPTEs and what the MMU keeps beside them (SP-1). Owned by {@link ShadowPages}, which uses the object
 * again for another page after this one is freed. The fields are the engine's; policies see the view.
 */
public final class ShadowPage implements ShadowPageView {
    /** Entries of a table. */
    public static final int ENTRIES = 512;

    /** What a look at every entry counts for in {@link org.shadowmmu.engine.policy.PolicyWatch}: about its time. */
    private static final int STEPS_OF_A_SCAN = 64;

    /** The SPTEs. */
    public final long[] spt = new long[ENTRIES];
    /** See {@link #id()}. */
    public final int id;
    /** See {@link #gfn()}. */
    public long gfn;
    /** See {@link #roleWord()}. */
    public int role;
    /** See {@link #generation()}. */
    public int generation;
    /** See {@link #rootCount()}. */
    public int rootCount;
    /** Head of the list of SPTEs that point here. */
    public int parents;
    /** Emulated writes since the page was last used for a fault (EM-16). */
    public int writeFlooding;
    /** See {@link #unsync()}. */
    public boolean unsync;
    /** See {@link #unsyncChildren()}. */
    public int unsyncChildren;
    /** Entries below which an unsync page may lie (US-5); allocated at first use. */
    public long @Nullable [] unsyncChild;
    /** Whether the page belongs to the TDP MMU; it is then in no list or hash chain, and is not counted (TDP-1). */
    public boolean tdp;
    /** Whether the root of the TDP MMU waits to be zapped (TDP-20). */
    public boolean zapScheduled;
    /** Whether a fault to which NX forbade a huge page made it, be one possible or not (PF-37, from 6.12 on). */
    public boolean madeForNx;
    /** Whether the page counts as a huge page split for NX (PF-37). */
    public boolean nxSplit;

    /** See {@link #unchecked(int)}; allocated at first use. */
    private long @Nullable [] unchecked;

    private final ShadowPages pages;
    private final LeafTranslations translations = new LeafTranslations();
    private long creation;

    @Nullable ShadowPage newer;

    @Nullable ShadowPage older;

    @Nullable ShadowPage nextInChain;

    boolean listed;
    boolean live;

    ShadowPage(ShadowPages pages, int id) {
        this.pages = pages;
        this.id = id;
    }

    void reset(long newGfn, int newRole, int newGeneration, long newCreation) {
        gfn = newGfn;
        role = newRole;
        generation = newGeneration;
        creation = newCreation;
        rootCount = 0;
        parents = PteLists.EMPTY;
        writeFlooding = 0;
        unsync = false;
        unsyncChildren = 0;
        nxSplit = false;
        madeForNx = false;
        tdp = false;
        zapScheduled = false;
        translations.clear();
        if (unsyncChild != null) {
            java.util.Arrays.fill(unsyncChild, 0);
        }
        unchecked = null;
    }

    /** Whether the page belongs to an older layout or was zapped. */
    public boolean obsolete() {
        return Role.invalid(role) || !tdp && generation != pages.generation();
    }

    /** Whether the page is on the list of active pages. */
    public boolean listed() {
        return listed;
    }

    /** Whether the page is allocated. */
    public boolean live() {
        return live;
    }

    /** The page created just before this one among the active pages; null at the old end. */
    public @Nullable ShadowPage older() {
        return older;
    }

    /** The page created just after this one among the active pages; null at the young end. */
    public @Nullable ShadowPage newer() {
        return newer;
    }

    /** The first entry from {@code index} on that is not empty; {@link #ENTRIES} if there is none. */
    public int nextUsed(int index) {
        long[] entries = spt;
        int at = index;
        while (at < entries.length && entries[at] == 0) {
            at++;
        }
        return at;
    }

    /** The guest frame that entry {@code index} maps or leads to (SP-2). */
    public long gfnOf(int index) {
        if ((role & Role.PASSTHROUGH) != 0) {
            return gfn;
        }
        if ((role & Role.DIRECT) != 0 || translations.isEmpty()) {
            return gfn + ((long) index << 9 * (Role.level(role) - 1));
        }
        return translations.gfn(index, Role.level(role));
    }

    /** The access of entry {@code index} (SP-3). */
    public int accessOf(int index) {
        if (Role.hasGptes(role) && !translations.isEmpty()) {
            return translations.access(index, Role.level(role));
        }
        return Role.access(role);
    }

    /** Keeps what an indirect leaf translates (ST-25, ST-26). */
    public void setTranslation(int index, long leafGfn, int access) {
        if (Role.hasGptes(role)) {
            translations.set(index, Role.level(role), leafGfn, access);
        }
    }

    /**
     * Whether entry {@code index}, if it is a writable leaf, became one in the place of an MMIO entry that allowed writing, so
     * that nobody asked whether its frame is a guest table (ST-10a). The MMU never looks; the audit does.
     */
    public boolean unchecked(int index) {
        return unchecked != null && (unchecked[index >> 6] & 1L << index) != 0;
    }

    /** Notes how entry {@code index} became a writable leaf. */
    void setUnchecked(int index, boolean value) {
        if (unchecked == null) {
            if (!value) {
                return;
            }
            unchecked = new long[ENTRIES / Long.SIZE];
        }
        unchecked[index >> 6] = unchecked[index >> 6] & ~(1L << index) | (value ? 1L << index : 0);
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public long gfn() {
        return gfn;
    }

    @Override
    public int roleWord() {
        return role;
    }

    @Override
    public int level() {
        return Role.level(role);
    }

    @Override
    public boolean direct() {
        return Role.direct(role);
    }

    @Override
    public boolean guestMode() {
        return (role & Role.GUEST_MODE) != 0;
    }

    @Override
    public int rootCount() {
        return rootCount;
    }

    @Override
    public int parentCount() {
        pages.watch().step();
        return pages.lists().size(parents);
    }

    @Override
    public void visitParents(PageVisitor visitor) {
        PteLists lists = pages.lists();
        for (long at = lists.start(parents); at >= 0; at = lists.next(at)) {
            pages.watch().step();
            visitor.visit(pages.byId(PteLists.pageId(lists.at(at))));
        }
    }

    @Override
    public void visitChildren(PageVisitor visitor) {
        pages.watch().steps(STEPS_OF_A_SCAN);
        int level = level();
        for (int index = 0; index < ENTRIES; index++) {
            if (Spte.presentNonLeaf(spt[index], level)) {
                visitor.visit(pages.child(this, index));
            }
        }
    }

    @Override
    public int presentEntries() {
        pages.watch().steps(STEPS_OF_A_SCAN);
        int present = 0;
        for (long spte : spt) {
            if (Spte.present(spte)) {
                present++;
            }
        }
        return present;
    }

    @Override
    public int accessedEntries() {
        pages.watch().steps(STEPS_OF_A_SCAN);
        int level = level();
        int accessed = 0;
        for (long spte : spt) {
            if (Spte.present(spte) && Spte.leaf(spte, level) && (spte & Spte.ACCESSED) != 0) {
                accessed++;
            }
        }
        return accessed;
    }

    @Override
    public boolean unsync() {
        return unsync;
    }

    @Override
    public int unsyncChildren() {
        return unsyncChildren;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public long creationNumber() {
        return creation;
    }

    @Override
    public String toString() {
        return "shadow page gfn 0x" + Long.toHexString(gfn) + " role 0x" + Integer.toHexString(role);
    }
}
