package org.shadowmmu.engine.shadow;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.era.PageRules;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;
import org.shadowmmu.engine.policy.PolicyWatch;

/**
 * The shadow pages of one virtual machine: allocation, the hash table by frame (SP-10, SP-11), the list of active pages
 * in order of creation (SP-15), and the numbers that the quota compares.
 */
public final class ShadowPages {
    private static final int HASH_BITS = 12;
    private static final long HASH_MULTIPLIER = 0x61C8864680B583EBL;

    private static final int LOW_BITS = 1023;

    private final PageRules rules;
    private final Work work;
    private final PteLists lists;
    private final @Nullable ShadowPage[] chains = new ShadowPage[1 << HASH_BITS];
    private final int[] chainLengths = new int[1 << HASH_BITS];
    private @Nullable ShadowPage[] byId = new ShadowPage[64];
    private int[] freeIds = new int[64];
    private int freeCount;
    private int made;
    private long created;

    private @Nullable ShadowPage newest;
    private @Nullable ShadowPage oldest;
    private int listedCount;
    private int listedRoots;

    private int generation;
    private long used;
    private long max;
    private long indirect;

    private final PolicyWatch watch;

    /** Makes the pages of a machine; what policies walk over is counted by {@code watch}. */
    public ShadowPages(PageRules rules, PolicyWatch watch, Work work) {
        this.rules = rules;
        this.watch = watch;
        this.work = work;
        lists = new PteLists(rules.listSlots(), work);
    }

    /** Makes pages that no policy sees and whose work nobody counts. */
    public ShadowPages(PageRules rules) {
        this(rules, new PolicyWatch(), new Work());
    }

    /** Counts the steps of policies. */
    PolicyWatch watch() {
        return watch;
    }

    /** The reverse maps and parent lists. */
    public PteLists lists() {
        return lists;
    }

    /** The page with this number, which must be live. */
    public ShadowPage byId(int id) {
        return Objects.requireNonNull(byId[id]);
    }

    /** The page that a present non-leaf SPTE links. */
    public ShadowPage child(long spte) {
        return Objects.requireNonNull(byId[Spte.childId(spte)]);
    }

    /** The page below a present non-leaf entry of a page; a {@link FoldedEntry} is unfolded first. */
    public ShadowPage child(ShadowPage page, int index) {
        long spte = page.spt[index];
        return FoldedEntry.is(spte) ? unfold(page, index) : child(spte);
    }

    private ShadowPage unfold(ShadowPage table, int index) {
        long folded = table.spt[index];
        int level = table.level() - 1;
        // It was there when its parent was made, so no creation is counted.
        ShadowPage child = createTdp(
                table.gfnOf(index), Role.withLevel(table.role, level) & ~Role.INVALID, table.creationNumber());
        for (int i = 0; i < ShadowPage.ENTRIES; i++) {
            child.spt[i] = FoldedEntry.below(folded, level, i);
        }
        table.spt[index] = Spte.nonLeaf(child.id, false);
        return child;
    }

    /** The SPTEs of the page that a present non-leaf SPTE links; for the processor's walk. */
    public long[] childTable(long spte) {
        return child(spte).spt;
    }

    /** The generation of the memslot layout, 0 or 1 (ZAP-60). */
    public int generation() {
        return generation;
    }

    /** Makes every page obsolete (ZAP-60.2). */
    public void toggleGeneration() {
        generation ^= 1;
    }

    /** Pages counted as in use, {@code n_used_mmu_pages}. */
    public long used() {
        return used;
    }

    /** The quota, {@code n_max_mmu_pages}. */
    public long max() {
        return max;
    }

    /** Sets the quota (ZAP-42). */
    public void setMax(long pages) {
        max = pages;
    }

    /** Pages that may be created before the quota is used up. */
    public long available() {
        return Math.max(0, max - used);
    }

    /** Valid pages that mirror guest tables, {@code indirect_shadow_pages}. */
    public long indirect() {
        return indirect;
    }

    /** Counts a page that mirrors a guest table, or takes one back. */
    public void countIndirect(int amount) {
        indirect += amount;
    }

    /** The newest active page; null if there is none. */
    public @Nullable ShadowPage newest() {
        return newest;
    }

    /** The oldest active page; null if there is none. */
    public @Nullable ShadowPage oldest() {
        return oldest;
    }

    /** The number of active pages. */
    public int listedCount() {
        return listedCount;
    }

    /** The number of active pages that are not live roots, i.e. that reclaim may take. */
    public int reclaimable() {
        return listedCount - listedRoots;
    }

    /** Creates a page at the head of its chain and of the active list (SP-15). */
    public ShadowPage create(long gfn, int role) {
        ShadowPage page = allocate();
        page.reset(gfn, role, generation, created++);
        int chain = chainOf(gfn);
        page.nextInChain = chains[chain];
        chains[chain] = page;
        chainLengths[chain]++;
        listYoungest(page);
        used++;
        return page;
    }

    /** Puts a page that is not on the active list at its young end. */
    public void listYoungest(ShadowPage page) {
        page.older = newest;
        page.newer = null;
        if (newest != null) {
            newest.newer = page;
        } else {
            oldest = page;
        }
        newest = page;
        page.listed = true;
        listedCount++;
        if (page.rootCount > 0) {
            listedRoots++;
        }
    }

    /** Creates a page of the TDP MMU (TDP-1). */
    public ShadowPage createTdp(long gfn, int role) {
        return createTdp(gfn, role, created++);
    }

    private ShadowPage createTdp(long gfn, int role, long creation) {
        ShadowPage page = allocate();
        page.reset(gfn, role, 0, creation);
        page.tdp = true;
        return page;
    }

    /** Frees a page of the TDP MMU. */
    public void freeTdp(ShadowPage page) {
        Arrays.fill(page.spt, 0);
        release(page);
    }

    private ShadowPage allocate() {
        if (freeCount > 0) {
            ShadowPage page = byId(freeIds[--freeCount]);
            page.live = true;
            return page;
        }
        int id = made++;
        if (id == byId.length) {
            byId = Arrays.copyOf(byId, 2 * id);
        }
        ShadowPage page = new ShadowPage(this, id);
        page.live = true;
        byId[id] = page;
        return page;
    }

    /** The first page of the frame's chain; the pages of one frame come newest first among others. */
    public @Nullable ShadowPage chain(long gfn) {
        return chains[chainOf(gfn)];
    }

    /** Counts the work of walking a frame's chain to its end, for a caller that knows what the rest of the walk would find. */
    void countChain(long gfn, long walked) {
        work.add(WorkCounter.CHAIN_STEPS, chainLengths[chainOf(gfn)] - walked);
    }

    /** The next page of a chain. */
    public @Nullable ShadowPage nextInChain(ShadowPage page) {
        return page.nextInChain;
    }

    /** The first page in the chain from {@code page} on that is not obsolete, has guest entries and this frame. */
    public @Nullable ShadowPage nextWithGptes(@Nullable ShadowPage page, long gfn) {
        ShadowPage at = page;
        int steps = 1;
        while (at != null && (at.gfn != gfn || at.obsolete() || !Role.hasGptes(at.role))) {
            at = at.nextInChain;
            steps++;
        }
        work.add(WorkCounter.CHAIN_STEPS, at == null ? steps - 1 : steps);
        return at;
    }

    /** Takes a page off the active list. */
    public void unlist(ShadowPage page) {
        if (page.newer != null) {
            page.newer.older = page.older;
        } else {
            newest = page.older;
        }
        if (page.older != null) {
            page.older.newer = page.newer;
        } else {
            oldest = page.newer;
        }
        page.newer = null;
        page.older = null;
        page.listed = false;
        listedCount--;
        if (page.rootCount > 0) {
            listedRoots--;
        }
    }

    /** No longer counts a page as in use (ZAP-1.7). */
    public void countUnused() {
        used--;
    }

    /** A virtual CPU's root slot takes the page. */
    public void takeRoot(ShadowPage page) {
        if (page.rootCount++ == 0 && page.listed) {
            listedRoots++;
        }
    }

    /** A virtual CPU's root slot lets the page go. */
    public void releaseRoot(ShadowPage page) {
        if (--page.rootCount == 0 && page.listed) {
            listedRoots--;
        }
    }

    /** Frees a page that is on no list any more: it leaves its chain (SP-11). */
    public void free(ShadowPage page) {
        int chain = chainOf(page.gfn);
        chainLengths[chain]--;
        ShadowPage at = chains[chain];
        if (at == page) {
            chains[chain] = page.nextInChain;
        } else {
            while (at != null && at.nextInChain != page) {
                at = at.nextInChain;
            }
            Objects.requireNonNull(at, "page is in its chain").nextInChain = page.nextInChain;
        }
        page.nextInChain = null;
        release(page);
    }

    private void release(ShadowPage page) {
        page.live = false;
        if (freeCount == freeIds.length) {
            freeIds = Arrays.copyOf(freeIds, 2 * freeCount);
        }
        freeIds[freeCount++] = page.id;
    }

    private int chainOf(long gfn) {
        if (rules.hashesLowBits()) {
            return (int) gfn & LOW_BITS;
        }
        return (int) (gfn * HASH_MULTIPLIER >>> 64 - HASH_BITS);
    }

    /** The number of page objects ever made; ids are below it. */
    public int idLimit() {
        return made;
    }

    /** The page object with this number, live or not. */
    public ShadowPage slot(int id) {
        return byId(id);
    }
}
