package org.shadowmmu.engine.audit;

import java.util.Arrays;
import org.shadowmmu.engine.shadow.PteLists;
import org.shadowmmu.engine.shadow.ShadowPage;

/** One bit per entry of every page: whether it was met. */
final class EntryMarks {
    private static final int WORDS = ShadowPage.ENTRIES / Long.SIZE;

    private long[] words = new long[64 * WORDS];

    void clear(int pages) {
        if (words.length < pages * WORDS) {
            words = new long[2 * pages * WORDS];
        } else {
            Arrays.fill(words, 0, pages * WORDS, 0);
        }
    }

    /** Marks an entry; returns whether it was marked before. */
    boolean mark(int entry) {
        int word = PteLists.pageId(entry) * WORDS + (PteLists.index(entry) >> 6);
        long bit = 1L << entry;
        boolean marked = (words[word] & bit) != 0;
        words[word] |= bit;
        return marked;
    }

    boolean marked(int entry) {
        return (words[PteLists.pageId(entry) * WORDS + (PteLists.index(entry) >> 6)] & 1L << entry) != 0;
    }
}
