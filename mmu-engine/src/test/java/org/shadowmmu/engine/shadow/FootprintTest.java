package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.shadowmmu.engine.testing.HeapSize;
import org.shadowmmu.engine.testing.TestMachine;

/** What a shadow page costs in heap: its 512 SPTEs and, if it must, the translation of each leaf. */
class FootprintTest {
    private static final int PAGES = 20_000;
    private static final int SPTES = 4096;

    private final TestMachine machine = TestMachine.direct();

    /** Everything that is kept per page, policy links included; reverse maps belong to slots. */
    @Test
    void aDirectPageCostsAtMost4300Bytes() {
        assertThat(bytesPerPage(0x3781)).isBetween(SPTES, 4300);
    }

    /** A directory has no leaves, or few that are huge. */
    @Test
    void aDirectoryOfAGuestTableCostsNoMore() {
        assertThat(bytesPerPage(0x3702)).isBetween(SPTES, 4300);
    }

    /** SP-1: the frames of its leaves cannot be computed from its own, but one word stands for a run of them. */
    @Test
    void aPageOfAGuestTableThatMapsARunCostsNoMore() {
        assertThat(bytesPerPage(0x3701, 1)).isBetween(SPTES, 4320);
    }

    /** SP-1: the frame and access of each leaf are kept. */
    @Test
    void aPageOfAGuestTableWithScatteredLeavesCostsHalfAsMuchAgain() {
        assertThat(bytesPerPage(0x3701, 3)).isBetween(SPTES + SPTES / 2, 6400);
    }

    private int bytesPerPage(int role) {
        return bytesPerPage(role, 1);
    }

    private int bytesPerPage(int role, int distance) {
        // The arrays that hold a few pages are there already.
        create(0x100_0000, role, distance);
        long before = HeapSize.of(machine.core.pages, machine.core.policies);
        for (int i = 0; i < PAGES; i++) {
            create(i, role, distance);
        }
        return (int) ((HeapSize.of(machine.core.pages, machine.core.policies) - before) / PAGES);
    }

    private void create(long gfn, int role, int distance) {
        ShadowPage page = machine.core.pages.create(gfn, role);
        machine.core.policies.pageCreated(page);
        if (page.level() == 1) {
            for (int index = 0; index < 4; index++) {
                page.setTranslation(index, gfn + (long) index * distance, Role.ACC_ALL);
            }
        }
    }
}
