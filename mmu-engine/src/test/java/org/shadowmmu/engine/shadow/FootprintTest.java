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

    /** SP-1: the frame and access of its leaves cannot be computed. */
    @Test
    void aPageOfAGuestTableWithLeavesCostsHalfAsMuchAgain() {
        assertThat(bytesPerPage(0x3701)).isBetween(SPTES + SPTES / 2, 6400);
    }

    private int bytesPerPage(int role) {
        // The arrays that hold a few pages are there already.
        create(0x100_0000, role);
        long before = HeapSize.of(machine.core.pages, machine.core.policies);
        for (int i = 0; i < PAGES; i++) {
            create(i, role);
        }
        return (int) ((HeapSize.of(machine.core.pages, machine.core.policies) - before) / PAGES);
    }

    private void create(long gfn, int role) {
        ShadowPage page = machine.core.pages.create(gfn, role);
        machine.core.policies.pageCreated(page);
        if (page.level() == 1) {
            page.setTranslation(0, gfn, Role.ACC_ALL);
        }
    }
}
