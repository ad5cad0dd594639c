package org.shadowmmu.engine.audit;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.shadow.FoldedEntry;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;
import org.shadowmmu.engine.shadow.Spte;

/** Everything there is in one of the two MMUs: the live pages and the entries in them, counted from the SPTEs themselves. Used again and again. */
final class Census {
    /** Entries that one look skips together. */
    private static final int GROUP = 8;

    private final ShadowPages all;
    private final boolean tdp;
    private @Nullable ShadowPage[] pages = new ShadowPage[64];
    private int pageCount;
    private int[] leaves = new int[4 * ShadowPage.ENTRIES];
    private int leafCount;
    private int[] links = new int[4 * ShadowPage.ENTRIES];
    private int linkCount;
    private int[] mmio = new int[4 * ShadowPage.ENTRIES];
    private int mmioCount;
    private int[] folded = new int[ShadowPage.ENTRIES];
    private int foldedCount;
    private int ofGuestTables;
    private int unsync;

    /** Counts the pages of the legacy MMU, or those of the TDP MMU. */
    Census(MmuCore core, boolean tdp) {
        all = core.pages;
        this.tdp = tdp;
    }

    void take(Violations violations) {
        pageCount = 0;
        leafCount = 0;
        linkCount = 0;
        mmioCount = 0;
        foldedCount = 0;
        ofGuestTables = 0;
        unsync = 0;
        int limit = all.idLimit();
        for (int id = 0; id < limit; id++) {
            ShadowPage page = all.slot(id);
            if (page.live() && page.tdp == tdp) {
                count(page);
                scan(page, violations);
            }
        }
    }

    private void count(ShadowPage page) {
        if (pageCount == pages.length) {
            pages = Arrays.copyOf(pages, 2 * pageCount);
        }
        pages[pageCount++] = page;
        if (mirrors(page)) {
            ofGuestTables++;
        }
        if (page.unsync) {
            unsync++;
        }
    }

    private void scan(ShadowPage page, Violations violations) {
        leaves = withRoom(leaves, leafCount);
        links = withRoom(links, linkCount);
        mmio = withRoom(mmio, mmioCount);
        folded = withRoom(folded, foldedCount);
        long[] spt = page.spt;
        for (int i = 0; i < ShadowPage.ENTRIES; i += GROUP) {
            long low = spt[i] | spt[i + 1] | spt[i + 2] | spt[i + 3];
            if ((low | spt[i + 4] | spt[i + 5] | spt[i + 6] | spt[i + 7]) != 0) {
                scanGroup(page, i, violations);
            }
        }
    }

    private void scanGroup(ShadowPage page, int first, Violations violations) {
        int level = page.level();
        for (int index = first; index < first + GROUP; index++) {
            long spte = page.spt[index];
            if (spte == 0) {
                continue;
            }
            int entry = PteLists.entry(page.id, index);
            if (!Spte.present(spte)) {
                mmio[mmioCount++] = entry;
                entriesAreEmptyPresentOrMmio(page, index, violations);
            } else if (FoldedEntry.is(spte)) {
                folded[foldedCount++] = entry;
                foldedEntriesLieInTdpDirectories(page, index, violations);
            } else if (Spte.leaf(spte, level)) {
                leaves[leafCount++] = entry;
            } else {
                links[linkCount++] = entry;
            }
        }
    }

    /** ST-5. */
    private static void entriesAreEmptyPresentOrMmio(ShadowPage page, int index, Violations violations) {
        if (!Spte.mmio(page.spt[index])) {
            violations.add(
                    Invariant.ENTRIES_ARE_EMPTY_PRESENT_OR_MMIO, Violations.name(page, index) + " is none of these");
        }
    }

    /** TDP-1. */
    private static void foldedEntriesLieInTdpDirectories(ShadowPage page, int index, Violations violations) {
        if (!page.tdp || page.level() == 1) {
            violations.add(Invariant.FOLDED_ENTRIES_LIE_IN_TDP_DIRECTORIES, Violations.name(page, index) + " does not");
        }
    }

    private static int[] withRoom(int[] entries, int count) {
        return entries.length - count < ShadowPage.ENTRIES ? Arrays.copyOf(entries, 2 * entries.length) : entries;
    }

    /** Whether a page is valid and mirrors a guest table. */
    static boolean mirrors(ShadowPage page) {
        return Role.hasGptes(page.role) && !Role.invalid(page.role);
    }

    /** The number of live pages. */
    int pages() {
        return pageCount;
    }

    /** A live page, by a number below {@link #pages()}. */
    ShadowPage page(int number) {
        return Objects.requireNonNull(pages[number]);
    }

    /** The number of present leaves. */
    int leaves() {
        return leafCount;
    }

    /** A present leaf, named as in {@link PteLists}. */
    int leaf(int number) {
        return leaves[number];
    }

    /** The number of present entries that lead to other pages. */
    int links() {
        return linkCount;
    }

    /** A present entry that leads to another page. */
    int link(int number) {
        return links[number];
    }

    /** The number of folded entries. */
    int folded() {
        return foldedCount;
    }

    /** A folded entry. */
    int folded(int number) {
        return folded[number];
    }

    /** The number of entries that are neither empty nor present. */
    int mmio() {
        return mmioCount;
    }

    /** An entry that is neither empty nor present. */
    int mmio(int number) {
        return mmio[number];
    }

    /** The number of valid pages that mirror guest tables. */
    int ofGuestTables() {
        return ofGuestTables;
    }

    /** The number of unsync pages. */
    int unsync() {
        return unsync;
    }

    /** The page of an entry. */
    ShadowPage pageOf(int entry) {
        return all.slot(PteLists.pageId(entry));
    }

    /** Whether an entry names an entry of a live page. */
    boolean exists(int entry) {
        int id = PteLists.pageId(entry);
        return id < all.idLimit() && all.slot(id).live();
    }
}
