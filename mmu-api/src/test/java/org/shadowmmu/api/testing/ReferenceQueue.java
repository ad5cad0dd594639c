package org.shadowmmu.api.testing;

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import org.shadowmmu.api.PagePredicate;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.ShadowPageView;

/** The meaning of {@link PageQueue} in the plainest code: a linked list, searched from the old end. */
public final class ReferenceQueue implements PageQueue {
    private final List<ReferenceQueue> siblings;
    private final LinkedList<ShadowPageView> pages = new LinkedList<>();

    /** Makes a queue; the siblings are all queues of one policy, this one is added to them. */
    public ReferenceQueue(List<ReferenceQueue> siblings) {
        this.siblings = siblings;
        siblings.add(this);
    }

    /** The pages from oldest to youngest. */
    public List<ShadowPageView> pages() {
        return new ArrayList<>(pages);
    }

    private void takeOutEverywhere(ShadowPageView page) {
        for (ReferenceQueue sibling : siblings) {
            sibling.pages.remove(page);
        }
    }

    @Override
    public void addYoungest(ShadowPageView page) {
        takeOutEverywhere(page);
        pages.addLast(page);
    }

    @Override
    public void addOldest(ShadowPageView page) {
        takeOutEverywhere(page);
        pages.addFirst(page);
    }

    @Override
    public void remove(ShadowPageView page) {
        pages.remove(page);
    }

    @Override
    public boolean contains(ShadowPageView page) {
        return pages.contains(page);
    }

    @Override
    public int size() {
        return pages.size();
    }

    @Override
    public ShadowPageView oldest() {
        return pages.peekFirst();
    }

    @Override
    public ShadowPageView youngest() {
        return pages.peekLast();
    }

    @Override
    public ShadowPageView younger(ShadowPageView page) {
        return neighbour(page, 1);
    }

    @Override
    public ShadowPageView older(ShadowPageView page) {
        return neighbour(page, -1);
    }

    private ShadowPageView neighbour(ShadowPageView page, int step) {
        int at = pages.indexOf(page);
        if (at < 0) {
            throw new IllegalArgumentException("the page is not in this queue");
        }
        int there = at + step;
        return there < 0 || there == pages.size() ? null : pages.get(there);
    }

    @Override
    public ShadowPageView oldestVictim() {
        return oldestVictim(page -> true);
    }

    @Override
    public ShadowPageView youngestVictim() {
        ShadowPageView last = null;
        for (ShadowPageView page : pages) {
            if (!page.liveRoot()) {
                last = page;
            }
        }
        return last;
    }

    @Override
    public ShadowPageView oldestVictim(PagePredicate test) {
        for (ShadowPageView page : pages) {
            if (!page.liveRoot() && test.test(page)) {
                return page;
            }
        }
        return null;
    }
}
