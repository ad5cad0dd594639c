package org.shadowmmu.engine.vm;

import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.testing.TestPolicy;
import org.shadowmmu.engine.vm.RandomShadowGuest.Paging;

/** Random guests under shadow paging see their own tables, and every invariant holds after each operation. */
class RandomShadowGuestTest {
    /** What is varied. */
    enum Setup {
        LEGACY_32(Paging.LEGACY_32, 1, PolicyRuntime::upstream, false),
        PAE(Paging.PAE, 1, PolicyRuntime::upstream, false),
        LONG_4(Paging.LONG_4, 1, PolicyRuntime::upstream, false),
        LONG_5(Paging.LONG_5, 1, PolicyRuntime::upstream, false),
        LEGACY_32_TWO_CPUS(Paging.LEGACY_32, 2, PolicyRuntime::upstream, true),
        PAE_TWO_CPUS(Paging.PAE, 2, PolicyRuntime::upstream, true),
        LONG_4_TWO_CPUS(Paging.LONG_4, 2, PolicyRuntime::upstream, true),
        LONG_5_TWO_CPUS(Paging.LONG_5, 2, PolicyRuntime::upstream, true),
        TARGETED_ZAPS(Paging.LONG_4, 2, () -> TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES_THEN_TABLES), true),
        YOUNGEST_FIRST(Paging.LONG_4, 2, TestPolicy::youngestFirst, false),
        CHILDREN_GO_WITH_PARENTS(Paging.LONG_4, 2, TestPolicy::zappingChildren, false);

        final Paging paging;
        final int vcpus;
        final Supplier<PolicyRuntime> policies;
        final boolean tlb;

        Setup(Paging paging, int vcpus, Supplier<PolicyRuntime> policies, boolean tlb) {
            this.paging = paging;
            this.vcpus = vcpus;
            this.policies = policies;
            this.tlb = tlb;
        }

        RandomShadowGuest guest(long seed) {
            return new RandomShadowGuest(paging, vcpus, policies.get(), tlb, seed + ordinal());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theGuestSeesItsTablesAfterEveryOperation(Setup setup) {
        setup.guest(1).run(5_000);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void theGuestSeesItsTablesThroughHalfAMillionOperations(Setup setup) {
        setup.guest(1000).run(500_000);
    }
}
