package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.era.Era;

/** The table of shadow pages: chains, the active list, what the quota compares (SP-10, SP-11, SP-15). */
class ShadowPagesTest {
    private static final int DIRECT = 0x3781;
    private static final int MIRROR = 0x3701;

    private final ShadowPages pages = new ShadowPages(Era.LINUX_6_1.pages());

    private List<ShadowPage> chainOf(long gfn) {
        List<ShadowPage> chain = new ArrayList<>();
        for (ShadowPage page = pages.chain(gfn); page != null; page = pages.nextInChain(page)) {
            chain.add(page);
        }
        return chain;
    }

    private void zap(ShadowPage page) {
        pages.unlist(page);
        pages.countUnused();
        pages.free(page);
    }

    /** SP-11. */
    @Test
    void thePagesOfAFrameComeNewestFirst() {
        ShadowPage first = pages.create(7, 0x3784);
        ShadowPage second = pages.create(7, 0x3783);
        ShadowPage third = pages.create(7, 0x3782);

        assertThat(chainOf(7)).containsExactly(third, second, first);
    }

    /** SP-10: frames meet in the chain that the recorded kernels' collision statistic shows. */
    @Test
    void framesThatShareTheUpperBitsOfTheirProductShareAChain() {
        long collides = 0;
        for (long gfn = 1; collides == 0; gfn++) {
            if (gfn * 0x61C8864680B583EBL >>> 52 == 7 * 0x61C8864680B583EBL >>> 52 && gfn != 7) {
                collides = gfn;
            }
        }
        ShadowPage page = pages.create(7, DIRECT);
        ShadowPage other = pages.create(collides, DIRECT);

        assertThat(chainOf(7)).containsExactly(other, page);
        assertThat(chainOf(8)).doesNotContain(page, other);
    }

    /** SP-11: a page stays in its chain until it is freed. */
    @Test
    void aFreedPageLeavesItsChainAndNoOther() {
        ShadowPage first = pages.create(7, 0x3784);
        ShadowPage second = pages.create(7, 0x3783);
        ShadowPage third = pages.create(7, 0x3782);

        pages.unlist(second);
        assertThat(chainOf(7)).contains(second);
        pages.countUnused();
        pages.free(second);
        assertThat(chainOf(7)).containsExactly(third, first);
        zap(third);
        assertThat(chainOf(7)).containsExactly(first);
        zap(first);
        assertThat(chainOf(7)).isEmpty();
    }

    /** SP-15. */
    @Test
    void theActiveListIsInOrderOfCreation() {
        ShadowPage first = pages.create(1, DIRECT);
        ShadowPage second = pages.create(2, DIRECT);
        ShadowPage third = pages.create(3, DIRECT);

        assertThat(pages.newest()).isSameAs(third);
        assertThat(third.older()).isSameAs(second);
        assertThat(second.older()).isSameAs(first);
        assertThat(first.older()).isNull();
        assertThat(pages.oldest()).isSameAs(first);
        assertThat(second.newer()).isSameAs(third);

        pages.unlist(third);
        pages.unlist(first);
        assertThat(pages.newest()).isSameAs(second).isSameAs(pages.oldest());
    }

    /** INV-10, ZAP-20: what counts as used, and what reclaim may take. */
    @Test
    void liveRootsAreUsedButNotReclaimable() {
        pages.setMax(10);
        ShadowPage root = pages.create(0, 0x3784);
        pages.create(0, 0x3783);
        pages.takeRoot(root);
        pages.takeRoot(root);

        assertThat(pages.used()).isEqualTo(2);
        assertThat(pages.available()).isEqualTo(8);
        assertThat(pages.listedCount()).isEqualTo(2);
        assertThat(pages.reclaimable()).isOne();

        pages.releaseRoot(root);
        assertThat(pages.reclaimable()).isOne();
        pages.releaseRoot(root);
        assertThat(pages.reclaimable()).isEqualTo(2);
    }

    /** ZAP-1.7: a zapped root in use is on no list, and still counted. */
    @Test
    void aDetachedRootIsNotReclaimable() {
        ShadowPage root = pages.create(0, 0x3784);
        pages.takeRoot(root);
        pages.unlist(root);

        assertThat(pages.listedCount()).isZero();
        assertThat(pages.reclaimable()).isZero();
        assertThat(pages.used()).isOne();
        pages.releaseRoot(root);
        assertThat(pages.reclaimable()).isZero();
    }

    @Test
    void noneIsAvailableBeyondTheQuota() {
        pages.setMax(1);
        pages.create(1, DIRECT);
        pages.create(2, DIRECT);

        assertThat(pages.available()).isZero();
    }

    /** ZAP-60.2. */
    @Test
    void aNewGenerationMakesEveryPageObsolete() {
        ShadowPage old = pages.create(1, DIRECT);
        pages.toggleGeneration();
        ShadowPage current = pages.create(1, DIRECT);

        assertThat(old.obsolete()).isTrue();
        assertThat(current.obsolete()).isFalse();
        assertThat(current.generation()).isOne();
        pages.toggleGeneration();
        assertThat(old.obsolete()).isFalse();
    }

    /** SP-4, SP-11. */
    @Test
    void aSearchForGuestTablesPassesOverOtherPages() {
        ShadowPage wanted = pages.create(7, MIRROR);
        pages.create(7, DIRECT);
        ShadowPage zapped = pages.create(7, MIRROR | 2);
        zapped.role |= Role.INVALID;

        assertThat(pages.nextWithGptes(pages.chain(7), 7)).isSameAs(wanted);
        assertThat(pages.nextWithGptes(pages.nextInChain(wanted), 7)).isNull();
    }

    @Test
    void aPageObjectIsUsedAgainCleanAndUnderTheSameNumber() {
        ShadowPage first = pages.create(7, MIRROR);
        int id = first.id();
        first.unsync = true;
        first.writeFlooding = 2;
        first.unsyncChildren = 3;
        first.unsyncChild = new long[] {7, 0, 0, 0, 0, 0, 0, 0};
        zap(first);
        assertThat(first.live()).isFalse();

        ShadowPage second = pages.create(9, DIRECT);

        assertThat(second).isSameAs(first);
        assertThat(second.id()).isEqualTo(id);
        assertThat(second.unsync()).isFalse();
        assertThat(second.writeFlooding).isZero();
        assertThat(second.unsyncChildren()).isZero();
        assertThat(second.unsyncChild).containsOnly(0);
        assertThat(second.creationNumber()).isOne();
        assertThat(pages.idLimit()).isOne();
    }

    /** SP-2, SP-3. */
    @Test
    void whatAnEntryMapsFollowsFromThePage() {
        ShadowPage direct = pages.create(0x40000, 0x3782);
        assertThat(direct.gfnOf(3)).isEqualTo(0x40600);
        assertThat(direct.accessOf(3)).isEqualTo(Role.ACC_ALL);

        ShadowPage mirror = pages.create(0x40000, MIRROR);
        mirror.setTranslation(3, 0x123, 5);
        assertThat(mirror.gfnOf(3)).isEqualTo(0x123);
        assertThat(mirror.accessOf(3)).isEqualTo(5);

        ShadowPage passthrough = pages.create(0x40000, 0x3705 | Role.PASSTHROUGH);
        assertThat(passthrough.gfnOf(3)).isEqualTo(0x40000);
    }

    @Test
    void manyPagesFindTheirPlace() {
        for (int i = 0; i < 10_000; i++) {
            pages.create(i, DIRECT);
        }
        for (int i = 0; i < 10_000; i++) {
            int gfn = i;
            assertThat(chainOf(gfn)).filteredOn(page -> page.gfn == gfn).hasSize(1);
        }
        while (pages.oldest() != null) {
            zap(pages.oldest());
        }
        assertThat(pages.used()).isZero();
    }
}
