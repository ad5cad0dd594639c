package org.shadowmmu.engine.vm;

import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestPolicy;

/**
 * Random sequences of operations with two-dimensional paging, every invariant checked after each operation. They find what
 * no single case shows: an account that one operation leaves and another one trips over.
 */
class RandomOperationsTest {
    private static final MmuOptions LEGACY = MmuOptions.tdp();
    private static final MmuOptions TDP_MMU = MmuOptions.withTdpMmu();

    /** What is varied. */
    enum Setup {
        UPSTREAM(LEGACY, 1, PolicyRuntime::upstream, false),
        TWO_CPUS(LEGACY, 2, PolicyRuntime::upstream, false),
        TWO_CPUS_WITH_TLB(LEGACY, 2, PolicyRuntime::upstream, true),
        FIVE_LEVELS(LEGACY.withHostLevels(5), 1, PolicyRuntime::upstream, false),
        MITIGATED(LEGACY.withNxHugePages(true), 2, PolicyRuntime::upstream, false),
        MANUAL_LOG(LEGACY.withDirtyManualProtect(true), 2, PolicyRuntime::upstream, true),
        INITIALLY_SET_LOG(
                LEGACY.withDirtyManualProtect(true).withDirtyInitiallySet(true), 1, PolicyRuntime::upstream, false),
        TARGETED_SLOT_ZAP(LEGACY.withTargetedSlotZap(true), 2, PolicyRuntime::upstream, true),
        SLOT_LEAVES(LEGACY, 2, () -> TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES), true),
        SLOT_LEAVES_THEN_TABLES(LEGACY, 2, () -> TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES_THEN_TABLES), true),
        PAGES_OF_GFNS(LEGACY, 2, () -> TestPolicy.zapping(MemslotZapScope.PAGES_OF_GFNS), true),
        CHILDREN_GO_WITH_PARENTS(LEGACY, 2, TestPolicy::zappingChildren, false),
        YOUNGEST_FIRST(LEGACY, 2, TestPolicy::youngestFirst, false),
        TDP(TDP_MMU, 1, PolicyRuntime::upstream, false),
        TDP_TWO_CPUS_WITH_TLB(TDP_MMU, 2, PolicyRuntime::upstream, true),
        TDP_MITIGATED(TDP_MMU.withNxHugePages(true), 2, PolicyRuntime::upstream, false),
        TDP_INITIALLY_SET_LOG(
                TDP_MMU.withDirtyManualProtect(true).withDirtyInitiallySet(true), 2, PolicyRuntime::upstream, true),
        TDP_SLOT_LEAVES(TDP_MMU, 2, () -> TestPolicy.zapping(MemslotZapScope.SLOT_LEAVES), true);

        final MmuOptions options;
        final int vcpus;
        final Supplier<PolicyRuntime> policies;
        final boolean tlb;

        Setup(MmuOptions options, int vcpus, Supplier<PolicyRuntime> policies, boolean tlb) {
            this.options = options;
            this.vcpus = vcpus;
            this.policies = policies;
            this.tlb = tlb;
        }

        RandomMachine machine(long seed) {
            return new RandomMachine(options, vcpus, policies.get(), tlb, seed + ordinal());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyInvariantHoldsAfterEveryOperation(Setup setup) {
        setup.machine(1).run(20_000);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void everyInvariantHoldsAfterAMillionOperations(Setup setup) {
        setup.machine(1000).run(1_000_000);
    }
}
