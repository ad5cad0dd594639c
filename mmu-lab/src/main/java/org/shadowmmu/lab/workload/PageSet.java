package org.shadowmmu.lab.workload;

import java.util.Arrays;

/**
 * A growing set of page numbers: one bit per page in chunks of 32,768, found through a small open hash. Adding near the
 * page added last costs a few nanoseconds and allocates nothing.
 */
final class PageSet {
    private static final int CHUNK_SHIFT = 15;
    private static final int CHUNK_WORDS = 1 << (CHUNK_SHIFT - 6);
    private static final long NONE = -1;

    private long[] keys = new long[64];
    private long[][] chunks = new long[64][];
    private int chunkCount;
    private long size;
    private long lastKey = NONE;
    private long[] lastChunk = new long[0];

    PageSet() {
        Arrays.fill(keys, NONE);
    }

    /** Adds a page, 0 or more; returns whether it was not in the set before. */
    boolean add(long page) {
        long key = page >>> CHUNK_SHIFT;
        if (key != lastKey) {
            lastChunk = chunk(key);
            lastKey = key;
        }
        int word = (int) (page >>> 6) & (CHUNK_WORDS - 1);
        long bit = 1L << page;
        long old = lastChunk[word];
        if ((old & bit) != 0) {
            return false;
        }
        lastChunk[word] = old | bit;
        size++;
        return true;
    }

    /** The number of pages. */
    long size() {
        return size;
    }

    private long[] chunk(long key) {
        int at = slot(keys, key);
        if (keys[at] == key) {
            return chunks[at];
        }
        if (2 * ++chunkCount > keys.length) {
            grow();
            at = slot(keys, key);
        }
        keys[at] = key;
        chunks[at] = new long[CHUNK_WORDS];
        return chunks[at];
    }

    private void grow() {
        long[] oldKeys = keys;
        long[][] oldChunks = chunks;
        keys = new long[2 * oldKeys.length];
        chunks = new long[2 * oldKeys.length][];
        Arrays.fill(keys, NONE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != NONE) {
                int at = slot(keys, oldKeys[i]);
                keys[at] = oldKeys[i];
                chunks[at] = oldChunks[i];
            }
        }
    }

    private static int slot(long[] keys, long key) {
        int mask = keys.length - 1;
        int at = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (keys[at] != key && keys[at] != NONE) {
            at = (at + 1) & mask;
        }
        return at;
    }
}
