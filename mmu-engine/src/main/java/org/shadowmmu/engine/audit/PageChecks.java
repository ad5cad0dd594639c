package org.shadowmmu.engine.audit;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.shadow.MmuCore;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;

/** Invariants of the pages as such: their life cycle, the active list, the hash chains. */
final class PageChecks {
    private final ShadowPages pages;
    /** ZAP-24: zapped roots in use stay on the list, out of order. */
    private final boolean rootsStayListed;

    private final Census census;
    private final Violations violations;

    PageChecks(MmuCore core, Census census, Violations violations) {
        this.pages = core.pages;
        this.rootsStayListed = core.options.era().zap().liveRootsStayListed();
        this.census = census;
        this.violations = violations;
    }

    void run() {
        for (int i = 0; i < census.pages(); i++) {
            ShadowPage page = census.page(i);
            livePagesAreActiveOrDetachedRoots(page);
            pagesAreInTheirHashChain(page);
        }
        usedPagesAreActivePagesAndDetachedRoots();
        activePagesAreInOrderOfCreation();
        obsoletePagesAreTheOldest();
        reclaimablePagesAreActivePagesButLiveRoots();
    }

    /** INV-21 and the table of states. */
    private void livePagesAreActiveOrDetachedRoots(ShadowPage page) {
        boolean detachedRoot = Role.invalid(page.role) && page.rootCount > 0;
        boolean active = page.listed() && (!Role.invalid(page.role) || detachedRoot && rootsStayListed);
        if (!active && (page.listed() || !detachedRoot)) {
            violations.add(
                    Invariant.LIVE_PAGES_ARE_ACTIVE_OR_DETACHED_ROOTS,
                    Violations.name(page) + " is " + (page.listed() ? "active" : "not active") + " and has "
                            + page.rootCount + " root slots");
        }
    }

    /** INV-10. */
    private void usedPagesAreActivePagesAndDetachedRoots() {
        int active = 0;
        int detached = 0;
        for (int i = 0; i < census.pages(); i++) {
            if (census.page(i).listed()) {
                active++;
            } else if (census.page(i).rootCount > 0) {
                detached++;
            }
        }
        if (pages.used() != active + detached) {
            violations.addNumber(
                    Invariant.USED_PAGES_ARE_ACTIVE_PAGES_AND_DETACHED_ROOTS,
                    "the number of pages in use",
                    pages.used(),
                    active + detached);
        }
        if (pages.listedCount() != active) {
            violations.addNumber(
                    Invariant.USED_PAGES_ARE_ACTIVE_PAGES_AND_DETACHED_ROOTS,
                    "the number of active pages",
                    pages.listedCount(),
                    active);
        }
    }

    /** INV-18, and that the list is one list in both directions. */
    private void activePagesAreInOrderOfCreation() {
        int steps = 0;
        @Nullable ShadowPage newer = null;
        for (ShadowPage page = pages.newest(); page != null; page = page.older()) {
            boolean ordered =
                    newer == null || Role.invalid(newer.role) || page.creationNumber() < newer.creationNumber();
            if (!ordered || page.newer() != newer || !page.listed() || !page.live() || ++steps > census.pages()) {
                violations.add(
                        Invariant.ACTIVE_PAGES_ARE_IN_ORDER_OF_CREATION,
                        Violations.name(page) + ", number " + page.creationNumber() + " by creation, follows "
                                + (newer == null
                                        ? "nothing"
                                        : Violations.name(newer) + ", number " + newer.creationNumber()));
                return;
            }
            newer = page;
        }
        if (pages.oldest() != newer || steps != pages.listedCount()) {
            violations.addNumber(
                    Invariant.ACTIVE_PAGES_ARE_IN_ORDER_OF_CREATION,
                    "the number of pages between both ends of the list",
                    steps,
                    pages.listedCount());
        }
    }

    /** INV-18. */
    private void obsoletePagesAreTheOldest() {
        @Nullable ShadowPage current = null;
        for (ShadowPage page = pages.oldest(); page != null; page = page.newer()) {
            if (Role.invalid(page.role)) {
                continue;
            }
            if (!page.obsolete()) {
                current = page;
            } else if (current != null) {
                violations.add(
                        Invariant.OBSOLETE_PAGES_ARE_THE_OLDEST,
                        Violations.name(page) + " is obsolete and newer than " + Violations.name(current));
                return;
            }
        }
    }

    /** ZAP-20. */
    private void reclaimablePagesAreActivePagesButLiveRoots() {
        int reclaimable = 0;
        for (int i = 0; i < census.pages(); i++) {
            if (census.page(i).listed() && census.page(i).rootCount == 0) {
                reclaimable++;
            }
        }
        if (pages.reclaimable() != reclaimable) {
            violations.addNumber(
                    Invariant.RECLAIMABLE_PAGES_ARE_ACTIVE_PAGES_BUT_LIVE_ROOTS,
                    "the number of pages that reclaim may take",
                    pages.reclaimable(),
                    reclaimable);
        }
    }

    /** SP-11; on the way SP-6. */
    private void pagesAreInTheirHashChain(ShadowPage page) {
        int found = 0;
        for (ShadowPage at = pages.chain(page.gfn); at != null; at = pages.nextInChain(at)) {
            if (at == page) {
                found++;
            } else if (!at.live()) {
                violations.add(
                        Invariant.PAGES_ARE_IN_THEIR_HASH_CHAIN,
                        Violations.name(at) + " is in the chain of frame 0x" + Long.toHexString(page.gfn)
                                + " and not live");
            } else if (found == 0) {
                visiblePagesDifferInFrameOrRole(page, at);
            }
        }
        if (found != 1) {
            violations.addNumber(
                    Invariant.PAGES_ARE_IN_THEIR_HASH_CHAIN,
                    "the presence in its chain of " + Violations.name(page),
                    found,
                    1);
        }
    }

    /** SP-6. */
    private void visiblePagesDifferInFrameOrRole(ShadowPage page, ShadowPage newer) {
        if (page.gfn == newer.gfn && page.role == newer.role && !page.obsolete() && !newer.obsolete()) {
            violations.add(
                    Invariant.VISIBLE_PAGES_DIFFER_IN_FRAME_OR_ROLE,
                    Violations.name(page) + " exists as creation " + page.creationNumber() + " and as creation "
                            + newer.creationNumber());
        }
    }
}
