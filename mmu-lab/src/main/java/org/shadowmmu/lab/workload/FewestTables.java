package org.shadowmmu.lab.workload;

import java.util.Arrays;

/**
 * How often leaf tables must be made at least, whatever the order of reclaim: the misses of the optimal replacement (Belady, A
 * Study of Replacement Algorithms for a Virtual-Storage Computer, IBM Systems Journal 5, 1966), which drops the table that is
 * needed again last.
 *
 * <p>With a quota of Q at most Q - 3 leaf tables exist while one is in use, because the page directory, its directory and the
 * root above that one count as well. Whatever else costs tables (reclaim in batches, deleted slots, further directories) makes
 * it more. So this is a lower bound of the leaf tables made, and with three for the directories of the pages created; no bound
 * of page faults, of which each table needs one for every page used in it.
 */
public final class FewestTables {
    /** The directories above a leaf table, the root included. */
    public static final int DIRECTORIES = 3;

    private FewestTables() {}

    /** The bound on pages created at a quota: leaf tables and one directory of each level. */
    public static long pages(TableString string, long quota) {
        return DIRECTORIES + misses(string, (int) Math.min(quota - DIRECTORIES, string.distinct()));
    }

    /** The misses of the optimal replacement with room for this many tables, 1 or more. */
    static long misses(TableString string, int room) {
        long misses = 0;
        boolean[] inside = new boolean[string.distinct()];
        FarthestFirst order = new FarthestFirst(string.distinct());
        int held = 0;
        for (int at = 0; at < string.length(); at++) {
            int table = string.table(at);
            if (!inside[table]) {
                misses++;
                if (held == room) {
                    int out = order.farthest();
                    order.remove(out);
                    inside[out] = false;
                } else {
                    held++;
                }
                inside[table] = true;
            }
            order.set(table, string.nextUse(at));
        }
        return misses;
    }

    /** Tables by next use in a tournament tree: each inner node names the later needed of its two. */
    private static final class FarthestFirst {
        private final int leaves;
        private final long[] tree;

        FarthestFirst(int tables) {
            leaves = Integer.highestOneBit(Math.max(1, tables - 1)) << 1;
            tree = new long[2 * leaves];
            Arrays.fill(tree, -1);
        }

        void set(int table, int nextUse) {
            put(table, (long) nextUse << 32 | table);
        }

        void remove(int table) {
            put(table, -1);
        }

        int farthest() {
            return (int) tree[1];
        }

        private void put(int table, long value) {
            int node = leaves + table;
            tree[node] = value;
            while (node > 1) {
                node >>= 1;
                tree[node] = Math.max(tree[2 * node], tree[2 * node + 1]);
            }
        }
    }
}
