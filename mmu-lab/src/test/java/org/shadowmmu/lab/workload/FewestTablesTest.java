package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The bound is Belady's: checked by hand, by a textbook, and against every possible order on small strings. */
class FewestTablesTest {
    /** Silberschatz, Galvin and Gagne, Operating System Concepts, page replacement: optimal gives nine faults, 3 frames. */
    @Test
    void theTextbookStringHasNineMisses() {
        TableString string = string(7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1);
        assertThat(FewestTables.misses(string, 3)).isEqualTo(9);
        assertThat(FewestTables.pages(string, 6)).isEqualTo(12);
    }

    @Test
    void withRoomForAllEachTableIsMadeOnce() {
        TableString string = string(1, 2, 3, 1, 2, 3);
        assertThat(string.length()).isEqualTo(6);
        assertThat(FewestTables.pages(string, 1000)).isEqualTo(3 + 3);
        assertThat(FewestTables.misses(string, 1)).isEqualTo(6);
    }

    @Test
    void usesInARowCountOnce() {
        TableString string = string(5, 5, 5, 6, 5);
        assertThat(string.length()).isEqualTo(3);
        assertThat(string.nextUse(0)).isEqualTo(2);
        assertThat(string.nextUse(1)).isEqualTo(TableString.NEVER);
        assertThat(string.tableOf(5 * 512 + 7)).isZero();
        assertThat(string.tableOf(9 * 512)).isEqualTo(-1);
    }

    @Test
    void noOrderNeedsFewer() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] regions = random.ints(12, 0, 5).toArray();
            TableString string = string(regions);
            int room = 1 + random.nextInt(4);
            assertThat(FewestTables.misses(string, room)).isEqualTo(best(string, 0, new HashSet<>(), room));
        }
    }

    /** Tries every victim at every miss. */
    private static long best(TableString string, int at, Set<Integer> inside, int room) {
        if (at == string.length()) {
            return 0;
        }
        int table = string.table(at);
        if (inside.contains(table)) {
            return best(string, at + 1, inside, room);
        }
        if (inside.size() < room) {
            Set<Integer> more = new HashSet<>(inside);
            more.add(table);
            return 1 + best(string, at + 1, more, room);
        }
        long fewest = Long.MAX_VALUE;
        for (int victim : inside) {
            Set<Integer> next = new HashSet<>(inside);
            next.remove(victim);
            next.add(table);
            fewest = Math.min(fewest, 1 + best(string, at + 1, next, room));
        }
        return fewest;
    }

    private static TableString string(int... regions) {
        TableString string = new TableString();
        for (int region : regions) {
            string.access(EntryKind.READ, region * 512L + 3);
        }
        string.finish();
        return string;
    }
}
