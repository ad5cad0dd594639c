package org.shadowmmu.engine.policy;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.PagePredicate;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.ShadowPageView;

/** A {@link PageQueue} whose links lie in the {@link PageLinks} of its policy. */
final class LinkedPageQueue implements PageQueue {
    private static final int NONE = PageLinks.NONE;

    private final PageLinks links;
    private final LivePages pages;
    private final int number;
    private int oldest = NONE;
    private int youngest = NONE;
    private int size;

    LinkedPageQueue(PageLinks links, int number) {
        this.links = links;
        this.pages = links.pages;
        this.number = number;
    }

    @Override
    public void addYoungest(ShadowPageView page) {
        links.watch.step();
        int id = pages.idOf(page);
        links.claim(id, number);
        links.older[id] = youngest;
        links.younger[id] = NONE;
        if (youngest == NONE) {
            oldest = id;
        } else {
            links.younger[youngest] = id;
        }
        youngest = id;
        size++;
    }

    @Override
    public void addOldest(ShadowPageView page) {
        links.watch.step();
        int id = pages.idOf(page);
        links.claim(id, number);
        links.younger[id] = oldest;
        links.older[id] = NONE;
        if (oldest == NONE) {
            youngest = id;
        } else {
            links.older[oldest] = id;
        }
        oldest = id;
        size++;
    }

    @Override
    public void remove(ShadowPageView page) {
        links.watch.step();
        if (contains(page)) {
            links.release(page.id());
        }
    }

    /** Closes the gap that a page leaves. Called by {@link PageLinks} only, for a page of this queue. */
    void unlink(int id) {
        int before = links.older[id];
        int after = links.younger[id];
        if (before == NONE) {
            oldest = after;
        } else {
            links.younger[before] = after;
        }
        if (after == NONE) {
            youngest = before;
        } else {
            links.older[after] = before;
        }
        size--;
    }

    @Override
    public boolean contains(ShadowPageView page) {
        links.watch.step();
        return pages.contains(page) && links.owner(page.id()) == number;
    }

    /** Whether the queue holds no page; for the engine, which counts no steps. */
    boolean isEmpty() {
        return size == 0;
    }

    @Override
    public int size() {
        links.watch.step();
        return size;
    }

    /** The number of the page at the old end, {@link PageLinks#NONE} if there is none. */
    int oldestId() {
        return oldest;
    }

    @Override
    public @Nullable ShadowPageView oldest() {
        links.watch.step();
        return pages.view(oldest);
    }

    @Override
    public @Nullable ShadowPageView youngest() {
        links.watch.step();
        return pages.view(youngest);
    }

    @Override
    public @Nullable ShadowPageView younger(ShadowPageView page) {
        return pages.view(links.younger[member(page)]);
    }

    @Override
    public @Nullable ShadowPageView older(ShadowPageView page) {
        return pages.view(links.older[member(page)]);
    }

    private int member(ShadowPageView page) {
        if (!contains(page)) {
            throw new IllegalArgumentException("the page is not in this queue");
        }
        return page.id();
    }

    @Override
    public @Nullable ShadowPageView oldestVictim() {
        for (int id = oldest; id != NONE; id = links.younger[id]) {
            links.watch.step();
            ShadowPageView page = pages.view(id);
            if (page != null && !page.liveRoot()) {
                return page;
            }
        }
        return null;
    }

    @Override
    public @Nullable ShadowPageView youngestVictim() {
        for (int id = youngest; id != NONE; id = links.older[id]) {
            links.watch.step();
            ShadowPageView page = pages.view(id);
            if (page != null && !page.liveRoot()) {
                return page;
            }
        }
        return null;
    }

    @Override
    public @Nullable ShadowPageView oldestVictim(PagePredicate test) {
        for (int id = oldest; id != NONE; id = links.younger[id]) {
            links.watch.step();
            ShadowPageView page = pages.view(id);
            if (page != null && !page.liveRoot() && test.test(page)) {
                return page;
            }
        }
        return null;
    }
}
