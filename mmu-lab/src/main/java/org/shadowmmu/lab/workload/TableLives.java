package org.shadowmmu.lab.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What guest page tables held when they were first used, found by a pass over the stream.
 *
 * <p>A stream shows an entry when it is walked first, and from then on every write to its page. What a page holds when it
 * becomes known was written while nobody watched, so it shows bit by bit; but as every later write would show, an entry
 * that is first seen in a walk was there from the beginning. A page that serves as a table again after it was something
 * else shows as a walk that contradicts what is known. So the history of a page falls into lives, each of which begins with
 * certain contents, and this class knows them all in advance.
 *
 * <p>A table has its contents when it is linked: a life begins at the moment at which the table above, or CR3, led to it
 * for the last time before its first use. Moments are counted by walked entries, written entries and loads of CR3, from 1.
 */
final class TableLives implements StreamVisitor {
    private static final int ENTRIES = 512;

    /** The contents with which a page begins a life as a table of a level; entries not named are empty, or as they were. */
    record Life(long tableGfn, int level, int[] indexes, long[] entries) {}

    private static final class Table {
        final long[] entries = new long[ENTRIES];
        final boolean[] known = new boolean[ENTRIES];
        final long[] first = new long[ENTRIES];
        final boolean[] isFirst = new boolean[ENTRIES];
        int level;
        long beginning = -1;
        long lastUsed = -1;
        long linked = -1;
    }

    private final Map<Long, Table> tables = new HashMap<>();
    private final NavigableMap<Long, List<Life>> lives = new TreeMap<>();
    private long moment;

    private TableLives() {}

    /**
     * Reads a stream and finds the lives of its tables, by the moment at which they begin; those of one moment are in
     * ascending order of level, so that a table comes before those that lead to it.
     */
    static NavigableMap<Long, List<Life>> of(StreamSource source) {
        TableLives found = new TableLives();
        source.read(found);
        found.tables.forEach(found::end);
        Comparator<Life> order = Comparator.comparingInt(Life::level).thenComparingLong(Life::tableGfn);
        found.lives.values().forEach(list -> list.sort(order));
        return found.lives;
    }

    private Table table(long gfn) {
        return tables.computeIfAbsent(gfn, key -> new Table());
    }

    @Override
    public void event(GuestEvent event, long argument) {
        if (event == GuestEvent.CR3) {
            moment++;
            table(argument).linked = moment;
        }
    }

    @Override
    public void entryWalked(long tableGfn, int level, int index, int flags, long target) {
        moment++;
        Table table = table(tableGfn);
        long entry = TableEntry.of(flags, target);
        boolean contradiction = table.known[index] && !TableEntry.same(table.entries[index], entry);
        if (table.beginning < 0 || contradiction) {
            end(tableGfn, table);
            begin(table);
        }
        table.level = level;
        if (!table.known[index]) {
            table.known[index] = true;
            table.isFirst[index] = true;
            table.first[index] = entry;
            leadsTo(table, entry, table.beginning);
        }
        table.entries[index] = entry;
        table.lastUsed = moment;
    }

    @Override
    public void entryWritten(long tableGfn, int index, int flags, long target) {
        moment++;
        Table table = table(tableGfn);
        if (table.beginning < 0) {
            begin(table);
        }
        table.known[index] = true;
        table.entries[index] = TableEntry.of(flags, target);
        table.lastUsed = moment;
        leadsTo(table, table.entries[index], moment);
    }

    private void leadsTo(Table table, long entry, long since) {
        if (table.level > 1 && TableEntry.present(entry) && (entry & TableEntry.PAGE_SIZE) == 0) {
            Table below = table(TableEntry.target(entry));
            below.linked = Math.max(below.linked, since);
        }
    }

    private void begin(Table table) {
        table.beginning = table.linked > table.lastUsed ? table.linked : moment;
        for (int index = 0; index < ENTRIES; index++) {
            // What the page held before is gone, as far as it is known.
            table.isFirst[index] = table.known[index] && table.entries[index] != 0;
            table.first[index] = 0;
            table.known[index] = false;
        }
    }

    private void end(long tableGfn, Table table) {
        if (table.beginning < 0) {
            return;
        }
        int[] indexes = new int[ENTRIES];
        long[] entries = new long[ENTRIES];
        int count = 0;
        for (int index = 0; index < ENTRIES; index++) {
            if (table.isFirst[index]) {
                indexes[count] = index;
                entries[count++] = table.first[index];
            }
        }
        lives.computeIfAbsent(table.beginning, key -> new ArrayList<>())
                .add(new Life(tableGfn, table.level, Arrays.copyOf(indexes, count), Arrays.copyOf(entries, count)));
    }
}
