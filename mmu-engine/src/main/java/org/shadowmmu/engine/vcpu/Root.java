package org.shadowmmu.engine.vcpu;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.shadow.ShadowPage;

/**
 * One root slot of a virtual CPU: empty, a shadow page, or the four entries of a PAE root, which is no shadow page itself
 * (SP-31).
 */
public final class Root {
    /** Entries of a PAE root. */
    public static final int PAE_ENTRIES = 4;

    private boolean valid;
    private long pgd;
    private @Nullable ShadowPage page;
    private @Nullable ShadowPage @Nullable [] pae;

    /** Whether the slot holds a root. */
    public boolean valid() {
        return valid;
    }

    /** The guest page-table base that the root was loaded for; 0 for direct roots. */
    public long pgd() {
        return pgd;
    }

    /** The shadow page; null if the slot is empty or holds a PAE root. */
    public @Nullable ShadowPage page() {
        return page;
    }

    /** An entry of a PAE root; null if it is not present or the root is no PAE root. */
    public @Nullable ShadowPage paeEntry(int index) {
        return pae == null ? null : pae[index];
    }

    /** The page at which a walk for an address starts; null if there is none. */
    public @Nullable ShadowPage start(long address) {
        return page != null ? page : paeEntry((int) (address >>> 30) & 3);
    }

    /** Whether the slot holds a PAE root. */
    public boolean isPae() {
        return valid && page == null;
    }

    void set(long newPgd, ShadowPage newPage) {
        valid = true;
        pgd = newPgd;
        page = newPage;
        pae = null;
    }

    void setPae(long newPgd, @Nullable ShadowPage[] entries) {
        valid = true;
        pgd = newPgd;
        page = null;
        pae = entries;
    }

    void clear() {
        valid = false;
        pgd = 0;
        page = null;
        pae = null;
    }

    void swap(Root other) {
        boolean otherValid = other.valid;
        long otherPgd = other.pgd;
        ShadowPage otherPage = other.page;
        @Nullable ShadowPage @Nullable [] otherPae = other.pae;
        other.valid = valid;
        other.pgd = pgd;
        other.page = page;
        other.pae = pae;
        valid = otherValid;
        pgd = otherPgd;
        page = otherPage;
        pae = otherPae;
    }
}
