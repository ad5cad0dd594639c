package org.shadowmmu.engine.policy;

import java.util.Arrays;
import org.shadowmmu.engine.event.Work;
import org.shadowmmu.engine.event.WorkCounter;

/**
 * The intrusive links of one policy: for each page id the queue that holds the page and its two neighbours there. Flat
 * arrays that grow with the largest id; nothing is allocated otherwise.
 */
final class PageLinks {
    /** Stands for no page. */
    static final int NONE = -1;

    final LivePages pages;
    final PolicyWatch watch;
    int[] older = {};
    int[] younger = {};
    /** 0 for none, else 1 + the position of the queue in {@link #queues}. */
    private int[] owner = {};

    private final Work work;
    private LinkedPageQueue[] queues = {};

    PageLinks(LivePages pages, PolicyWatch watch, Work work) {
        this.pages = pages;
        this.watch = watch;
        this.work = work;
    }

    LinkedPageQueue newQueue() {
        LinkedPageQueue queue = new LinkedPageQueue(this, queues.length + 1);
        queues = Arrays.copyOf(queues, queues.length + 1);
        queues[queues.length - 1] = queue;
        return queue;
    }

    /** The number of the queue that holds the page, 0 for none. */
    int owner(int id) {
        return id < owner.length ? owner[id] : 0;
    }

    /** Takes the page out of the queue it is in, which makes it a move, and books it on another. */
    void claim(int id, int queueNumber) {
        if (id >= owner.length) {
            int length = Math.max(id + 1, Math.max(64, 2 * owner.length));
            older = Arrays.copyOf(older, length);
            younger = Arrays.copyOf(younger, length);
            owner = Arrays.copyOf(owner, length);
        }
        if (owner[id] != 0) {
            work.add(WorkCounter.LIST_MOVES);
            release(id);
        }
        owner[id] = queueNumber;
    }

    /** The page at the old end of the first queue that has one; {@link #NONE} if all are empty. */
    int first() {
        return firstFrom(0);
    }

    /** The younger neighbour of a page that is in a queue, or the page at the old end of a later queue. */
    int next(int id) {
        return younger[id] != NONE ? younger[id] : firstFrom(owner[id]);
    }

    private int firstFrom(int position) {
        for (int i = position; i < queues.length; i++) {
            int id = queues[i].oldestId();
            if (id != NONE) {
                return id;
            }
        }
        return NONE;
    }

    /** Takes the page out of the queue it is in, if any. */
    void release(int id) {
        int number = owner(id);
        if (number != 0) {
            queues[number - 1].unlink(id);
            owner[id] = 0;
        }
    }
}
