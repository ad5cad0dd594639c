package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.Decision;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.era.WhatIf;
import org.shadowmmu.engine.shadow.MmuOptions;

/** A machine with folded entries is the machine without them: same results, events, counts and tables, whatever happens. */
class FoldedTwinsTest {
    private static final MmuOptions TDP_MMU = MmuOptions.withTdpMmu();

    /** What is varied; the policy draws the answers of its decision. */
    enum Setup {
        ROOT_ORDERS(TDP_MMU, Decision.ROOT_ZAP, "large"),
        SLOT_SCOPES(TDP_MMU, Decision.MEMSLOT_ZAP, "large"),
        FIVE_LEVELS(TDP_MMU.withHostLevels(5), Decision.ROOT_ZAP, "large tlb"),
        EACH_TABLE_FLUSHES(TDP_MMU.withWhatIfs(WhatIf.EACH_TABLE_FLUSHES), Decision.ROOT_ZAP, "large"),
        LINUX_6_12(TDP_MMU.withEra(Era.LINUX_6_12), Decision.ROOT_ZAP, "large"),
        LINUX_6_12_TARGETED(TDP_MMU.withEra(Era.LINUX_6_12).withTargetedSlotZap(true), Decision.ROOT_ZAP, "large tlb"),
        MITIGATED(TDP_MMU.withNxHugePages(true), Decision.MEMSLOT_ZAP, "large"),
        MANUAL_LOG(TDP_MMU.withDirtyManualProtect(true), Decision.ROOT_ZAP, "large"),
        INITIALLY_SET_LOG(
                TDP_MMU.withDirtyManualProtect(true).withDirtyInitiallySet(true), Decision.MEMSLOT_ZAP, "large tlb"),
        HEARD(TDP_MMU, Decision.ROOT_ZAP, "heard"),
        HEARD_SLOT_SCOPES(TDP_MMU.withEra(Era.LINUX_6_12), Decision.MEMSLOT_ZAP, "heard"),
        YIELDING(TDP_MMU, Decision.ROOT_ZAP, "yields large"),
        YIELDING_SLOT_SCOPES(TDP_MMU.withHostLevels(5), Decision.MEMSLOT_ZAP, "yields tlb"),
        HEARD_AND_YIELDING(TDP_MMU.withEra(Era.LINUX_6_12), Decision.ROOT_ZAP, "heard yields");

        final MmuOptions options;
        final Decision decision;
        final String more;

        Setup(MmuOptions options, Decision decision, String more) {
            this.options = options;
            this.decision = decision;
            this.more = more;
        }

        int run(int count, long seed) {
            return new FoldedTwins(
                            options,
                            decision,
                            more.contains("heard"),
                            more.contains("yields"),
                            more.contains("tlb"),
                            more.contains("large"),
                            seed)
                    .run(count);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyCanTellThemApart(Setup setup) {
        int operations = 700;

        assertThat(setup.run(operations, 1) + setup.run(operations, 2))
                .as("operations after which there were folded entries")
                .isGreaterThan(operations / 4);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void nobodyCanTellThemApartInTheLongRun(Setup setup) {
        for (long seed = 100; seed < 110; seed++) {
            setup.run(2000, seed);
        }
    }
}
