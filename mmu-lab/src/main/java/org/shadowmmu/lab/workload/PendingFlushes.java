package org.shadowmmu.lab.workload;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of an INVLPG, which streams do not tell: an operating system changes the entries of some pages and
 * flushes these pages in the same order right afterwards. So an INVLPG goes with the last run of changes, and in it with
 * the first entry that a processor may know otherwise than it is now; if there is none, with the run before. If no entry
 * is outdated at all, it goes with the last change, for some flush entries that were empty.
 *
 * <p>Only entries of last tables count, because changes above them never go unnoticed by the hypervisor; and only those to
 * which the top table leads, because the others are flushed when CR3 is loaded.
 */
final class PendingFlushes {
    /** Longer ranges are not flushed page by page; so this is also the largest gap in a run. */
    private static final int RANGE = 33;

    private static final int CAPACITY = 4096;

    /** A changed entry: the page it maps, and what it was when that page was flushed last. */
    private record Changed(long virtualPage, long gpa, long old) {}

    private final ShadowMachine machine;
    private final GuestTables tables;
    private final Map<Long, Long> firstPageOfTable = new HashMap<>();
    /** By address of the entry, and again in the order of the runs, the last run first. */
    private final Map<Long, Changed> changed = new HashMap<>();

    private final ArrayDeque<ArrayDeque<Changed>> runs = new ArrayDeque<>();
    private long lastPage;
    /** Whether something was flushed since the last change. */
    private boolean flushing = true;

    PendingFlushes(ShadowMachine machine, GuestTables tables) {
        this.machine = machine;
        this.tables = tables;
    }

    /** A translation of this page went through this last table. */
    void used(long table, long virtualPage) {
        firstPageOfTable.put(table, virtualPage & ~511L);
    }

    /** An entry of a table, perhaps of a last one, is about to change. */
    void changes(long table, int index, long old) {
        Long first = firstPageOfTable.get(table);
        if (first == null) {
            return;
        }
        long page = first + index;
        if (TableEntry.present(old)) {
            enter(page, table << 12 | 8L * index, old);
        }
        lastPage = page;
        flushing = false;
    }

    private void enter(long page, long gpa, long old) {
        Changed before = changed.get(gpa);
        Changed entry = new Changed(page, gpa, before == null ? old : before.old());
        boolean goesOn = !flushing && !runs.isEmpty() && page > lastPage && page - lastPage <= RANGE;
        if (!goesOn) {
            runs.push(new ArrayDeque<>());
        }
        runs.element().add(entry);
        changed.put(gpa, entry);
        while (changed.size() > CAPACITY) {
            runs.removeLast().forEach(this::forget);
        }
    }

    /** Takes the virtual page that the next INVLPG flushes; null if it is not known. */
    @Nullable Long take(long topTable) {
        Long outdated = takeOutdated(topTable);
        Long last = flushing ? null : Long.valueOf(lastPage);
        flushing = true;
        return outdated == null ? last : outdated;
    }

    private @Nullable Long takeOutdated(long topTable) {
        while (!runs.isEmpty()) {
            ArrayDeque<Changed> run = runs.element();
            while (!run.isEmpty()) {
                Changed next = run.remove();
                if (forget(next)
                        && tables.lastTable(topTable, next.virtualPage()) == next.gpa() >>> 12
                        && TableEntry.outdates(next.old(), machine.peek(next.gpa()))) {
                    return next.virtualPage();
                }
            }
            runs.remove();
        }
        return null;
    }

    /** Forgets an entry; returns false if it changed again later, so that it counts there. */
    private boolean forget(Changed entry) {
        return changed.remove(entry.gpa(), entry);
    }

    /** Everything but global pages was flushed. */
    void flushed() {
        for (ArrayDeque<Changed> run : runs) {
            run.removeIf(entry -> (entry.old() & TableEntry.GLOBAL) == 0);
        }
        runs.removeIf(ArrayDeque::isEmpty);
        changed.values().removeIf(entry -> (entry.old() & TableEntry.GLOBAL) == 0);
    }

    /** Everything was flushed. */
    void flushedWithGlobal() {
        runs.clear();
        changed.clear();
    }
}
