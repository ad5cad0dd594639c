package org.shadowmmu.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.testing.TestPolicy;

/**
 * Random sequences of operations under shadow paging, checked after each as {@link RandomShadowMachine} tells. They find
 * what no single case shows: two tables that share a frame, a role that forgets a register, a flush that nobody asked for.
 */
class RandomShadowOperationsTest {
    private static final MmuOptions SHADOW = MmuOptions.shadow();

    /**
     * What is varied. With a TLB all virtual CPUs use one paging mode: when a root that is in use is zapped alone, nothing is
     * committed and so nothing is flushed (ZAP-7, ZAP-15), and a virtual CPU in another mode that uses the page as an inner
     * table would keep what it cached.
     */
    enum Setup {
        FOUR_LEVELS(SHADOW, 1, PolicyRuntime::upstream, false, 4),
        FIVE_LEVELS(SHADOW, 1, PolicyRuntime::upstream, false, 5),
        PAE(SHADOW, 1, PolicyRuntime::upstream, false, 3),
        TWO_LEVELS(SHADOW, 1, PolicyRuntime::upstream, false, 2),
        ALL_MODES(SHADOW, 1, PolicyRuntime::upstream, false, 0, 2, 3, 4, 5),
        ALL_MODES_TWO_CPUS(SHADOW, 2, PolicyRuntime::upstream, false, 0, 2, 3, 4, 5),
        FOUR_LEVELS_TWO_CPUS_WITH_TLB(SHADOW, 2, PolicyRuntime::upstream, true, 0, 4),
        FIVE_LEVELS_TWO_CPUS_WITH_TLB(SHADOW, 2, PolicyRuntime::upstream, true, 0, 5),
        PAE_TWO_CPUS_WITH_TLB(SHADOW, 2, PolicyRuntime::upstream, true, 0, 3),
        TWO_LEVELS_TWO_CPUS_WITH_TLB(SHADOW, 2, PolicyRuntime::upstream, true, 0, 2),
        MITIGATED(SHADOW.withNxHugePages(true), 2, PolicyRuntime::upstream, false, 0, 2, 4),
        YOUNGEST_FIRST(SHADOW, 2, TestPolicy::youngestFirst, false, 0, 2, 3, 4),
        CHILDREN_GO_WITH_PARENTS(SHADOW, 1, TestPolicy::zappingChildren, false, 0, 3, 4);

        final MmuOptions options;
        final int vcpus;
        final Supplier<PolicyRuntime> policies;
        final boolean tlb;
        final int[] modes;

        Setup(MmuOptions options, int vcpus, Supplier<PolicyRuntime> policies, boolean tlb, int... modes) {
            this.options = options;
            this.vcpus = vcpus;
            this.policies = policies;
            this.tlb = tlb;
            this.modes = modes;
        }

        RandomShadowMachine machine(long seed) {
            return new RandomShadowMachine(options, vcpus, policies.get(), tlb, seed, modes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everythingHoldsAfterEveryOperation(Setup setup) {
        for (int seed = 0; seed < 5; seed++) {
            setup.machine(100 * setup.ordinal() + seed).run(400);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    void everythingHoldsAfterAHundredThousandOperations(Setup setup) {
        for (int seed = 0; seed < 25; seed++) {
            setup.machine(10_000 + 100 * setup.ordinal() + seed).run(4_000);
        }
    }

    /** The operations are worth their time only if they get everywhere. */
    @Test
    void theOperationsReachEveryPartOfTheMmu() {
        RandomShadowMachine machine = Setup.ALL_MODES.machine(7);
        machine.run(4_000);
        for (Counter counter : new Counter[] {
            Counter.MMU_SHADOW_ZAPPED,
            Counter.MMU_PTE_WRITE,
            Counter.MMU_PDE_ZAPPED,
            Counter.MMU_FLOODED,
            Counter.MMU_RECYCLED,
            Counter.PF_FIXED,
            Counter.PF_EMULATE,
            Counter.PF_GUEST,
            Counter.PF_MMIO_SPTE_CREATED,
            Counter.INVLPG,
            Counter.INSN_EMULATION,
            Counter.MMIO_EXITS,
        }) {
            assertThat(machine.stat(counter)).as(counter.kernelName()).isPositive();
        }
    }
}
