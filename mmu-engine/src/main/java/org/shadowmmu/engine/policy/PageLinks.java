package org.shadowmmu.engine.policy;

import java.util.Arrays;

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

    private LinkedPageQueue[] queues = {};

    PageLinks(LivePages pages, PolicyWatch watch) {
        this.pages = pages;
        this.watch = watch;
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

    /** Takes the page out of the queue it is in, if any, and books it on another. */
    void claim(int id, int queueNumber) {
        if (id >= owner.length) {
            int length = Math.max(id + 1, Math.max(64, 2 * owner.length));
            older = Arrays.copyOf(older, length);
            younger = Arrays.copyOf(younger, length);
            owner = Arrays.copyOf(owner, length);
        }
        release(id);
        owner[id] = queueNumber;
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
