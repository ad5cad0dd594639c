package org.shadowmmu.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.shadowmmu.api.PagePredicate;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.ReferenceQueue;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;

/**
 * The queues in flat arrays beside a plain linked list. Random operations find what examples do not: a stale link at an end
 * that is only followed later, a page that is in two queues after a move, an id used again that inherits old links.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LinkedPageQueueTest {
    private static final int QUEUES = 3;
    private static final int PAGES = 40;
    private static final PagePredicate EVEN = page -> page.creationNumber() % 2 == 0;

    private final LivePages live = new LivePages();
    private final Work work = new Work();
    private final PageLinks links = new PageLinks(live, new PolicyWatch(), work);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void behavesAsALinkedListUnderRandomOperations(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<LinkedPageQueue> queues = new ArrayList<>();
        List<ReferenceQueue> references = new ArrayList<>();
        for (int i = 0; i < QUEUES; i++) {
            queues.add(links.newQueue());
            new ReferenceQueue(references);
        }
        FakePage[] pages = new FakePage[PAGES];
        for (int step = 0; step < 5_000; step++) {
            int id = random.nextInt(PAGES);
            int queue = random.nextInt(QUEUES);
            FakePage page = pages[id];
            if (page == null) {
                pages[id] = new FakePage(id, 1, step);
                live.add(pages[id]);
                continue;
            }
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    queues.get(queue).addYoungest(page);
                    references.get(queue).addYoungest(page);
                }
                case 3 -> {
                    queues.get(queue).addOldest(page);
                    references.get(queue).addOldest(page);
                }
                case 4, 5 -> {
                    queues.get(queue).remove(page);
                    references.get(queue).remove(page);
                }
                case 6 -> page.rootCount(random.nextInt(2));
                default -> {
                    links.release(id);
                    live.remove(page);
                    references.forEach(reference -> reference.remove(page));
                    pages[id] = null;
                }
            }
            for (int i = 0; i < QUEUES; i++) {
                assertSame(queues.get(i), references.get(i), pages);
            }
        }
    }

    private static void assertSame(PageQueue queue, ReferenceQueue reference, FakePage[] pages) {
        List<ShadowPageView> expected = reference.pages();
        assertThat(towardsYoung(queue)).isEqualTo(expected);
        assertThat(towardsOld(queue)).isEqualTo(expected);
        assertThat(queue.size()).isEqualTo(expected.size());
        // Both walks ended, so these do.
        assertThat(queue.oldestVictim()).isSameAs(reference.oldestVictim());
        assertThat(queue.youngestVictim()).isSameAs(reference.youngestVictim());
        assertThat(queue.oldestVictim(EVEN)).isSameAs(reference.oldestVictim(EVEN));
        for (FakePage page : pages) {
            if (page != null) {
                assertThat(queue.contains(page)).isEqualTo(reference.contains(page));
            }
        }
    }

    private static List<ShadowPageView> towardsYoung(PageQueue queue) {
        List<ShadowPageView> pages = new ArrayList<>();
        for (ShadowPageView page = queue.oldest(); page != null; page = queue.younger(page)) {
            add(pages, page);
        }
        return pages;
    }

    private static List<ShadowPageView> towardsOld(PageQueue queue) {
        List<ShadowPageView> pages = new ArrayList<>();
        for (ShadowPageView page = queue.youngest(); page != null; page = queue.older(page)) {
            add(pages, page);
        }
        Collections.reverse(pages);
        return pages;
    }

    /** A circle in the links must fail the test, not hang it. */
    private static void add(List<ShadowPageView> pages, ShadowPageView page) {
        assertThat(pages).hasSizeLessThan(PAGES);
        pages.add(page);
    }

    @Test
    void anEmptyQueueHasNoPages() {
        PageQueue queue = links.newQueue();

        assertThat(queue.size()).isZero();
        assertThat(queue.oldest()).isNull();
        assertThat(queue.youngest()).isNull();
        assertThat(queue.oldestVictim()).isNull();
        assertThat(queue.youngestVictim()).isNull();
    }

    @Test
    void takesIdsFarBeyondTheFirstOnes() {
        PageQueue queue = links.newQueue();
        FakePage far = new FakePage(1_000_000, 1, 0);
        live.add(far);
        assertThat(queue.contains(far)).isFalse();

        queue.addOldest(far);

        assertThat(queue.oldest()).isSameAs(far);
    }

    @Test
    void refusesPagesThatAreNotLive() {
        PageQueue queue = links.newQueue();
        FakePage foreign = new FakePage(0, 1, 0);
        assertThatThrownBy(() -> queue.addYoungest(foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the page is none of this virtual machine");

        FakePage zapped = new FakePage(1, 1, 1);
        live.add(zapped);
        live.remove(zapped);
        assertThatThrownBy(() -> queue.addOldest(zapped))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the page was already zapped");
    }

    @Test
    void neighboursExistOnlyForPagesOfTheQueue() {
        PageQueue queue = links.newQueue();
        PageQueue other = links.newQueue();
        FakePage page = new FakePage(0, 1, 0);
        live.add(page);
        other.addYoungest(page);

        assertThatThrownBy(() -> queue.younger(page)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue.older(page)).isInstanceOf(IllegalArgumentException.class);
        assertThat(other.younger(page)).isNull();
    }

    /** A page that is taken out first is not moved, nor is one that was in no queue. */
    @Test
    void countsMovesOnly() {
        PageQueue queue = links.newQueue();
        PageQueue other = links.newQueue();
        FakePage page = new FakePage(0, 1, 0);
        live.add(page);

        queue.addYoungest(page);
        queue.remove(page);
        queue.addYoungest(page);
        assertThat(work.get(WorkCounter.LIST_MOVES)).isZero();

        queue.addYoungest(page);
        other.addOldest(page);
        assertThat(work.get(WorkCounter.LIST_MOVES)).isEqualTo(2);
    }

    @Test
    void queuesFollowOneAnotherInTheOrderInWhichTheyWereMade() {
        LinkedPageQueue first = links.newQueue();
        links.newQueue();
        LinkedPageQueue third = links.newQueue();
        assertThat(links.first()).isEqualTo(PageLinks.NONE);
        for (int id = 0; id < 4; id++) {
            live.add(new FakePage(id, 1, id));
        }
        third.addYoungest(live.view(2));
        third.addOldest(live.view(0));
        first.addYoungest(live.view(3));
        first.addYoungest(live.view(1));

        List<Integer> order = new ArrayList<>();
        for (int id = links.first(); id != PageLinks.NONE; id = links.next(id)) {
            order.add(id);
        }

        assertThat(order).containsExactly(3, 1, 0, 2);
    }

    /** The engine makes a page that was never reported zapped known at once, not at some later wrong victim. */
    @Test
    void twoLivePagesNeverShareAnId() {
        live.add(new FakePage(3, 1, 0));

        assertThatThrownBy(() -> live.add(new FakePage(3, 1, 1))).isInstanceOf(IllegalStateException.class);
    }
}
