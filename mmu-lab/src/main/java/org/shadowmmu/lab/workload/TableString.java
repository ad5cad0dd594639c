package org.shadowmmu.lab.workload;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The order in which a stream needs leaf tables: one entry whenever an access lies in another region of 2 MiB than the access
 * before it. This is all that matters to the order of reclaim with 4 KiB backing, because a leaf table maps one such region.
 */
public final class TableString implements StreamVisitor {
    /** No later use. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** No entries. */
    public static final TableString EMPTY = new TableString();

    private static final int REGION_SHIFT = 9;

    private int[] tables = new int[1 << 16];
    private int length;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private long last = -1;
    private int[] nextUse = new int[0];

    /** Adds the access of a stream. */
    @Override
    public void access(EntryKind kind, long gfn) {
        long region = gfn >>> REGION_SHIFT;
        if (region != last) {
            last = region;
            if (length == tables.length) {
                tables = Arrays.copyOf(tables, 2 * length);
            }
            Integer known = numbers.putIfAbsent(region, numbers.size());
            tables[length++] = known == null ? numbers.size() - 1 : known;
        }
    }

    /** Computes when each entry's table is needed next; call it when the stream has ended. */
    public void finish() {
        nextUse = new int[length];
        int[] upcoming = new int[numbers.size()];
        Arrays.fill(upcoming, NEVER);
        for (int at = length - 1; at >= 0; at--) {
            nextUse[at] = upcoming[tables[at]];
            upcoming[tables[at]] = at;
        }
    }

    /** The number of entries. */
    public int length() {
        return length;
    }

    /** The number of different tables. */
    public int distinct() {
        return numbers.size();
    }

    /** The table of an entry, counted from 0 in the order of first use. */
    public int table(int at) {
        return tables[at];
    }

    /** The entry at which the table of this entry is needed next, or {@link #NEVER}. */
    public int nextUse(int at) {
        return nextUse[at];
    }

    /** The number of the table that maps a guest frame, -1 if the stream never needs it. */
    public int tableOf(long gfn) {
        return numbers.getOrDefault(gfn >>> REGION_SHIFT, -1);
    }
}
