package org.shadowmmu.engine.testing;

import java.util.function.Function;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyRuntime;

/** Policies that always answer the same; upstream takes the other decisions. */
public final class Deciding {
    private Deciding() {}

    /** Every deletion or move of a memslot zaps in this scope. */
    public static PolicyRuntime scope(MemslotZapScope scope) {
        return runtime(Decision.MEMSLOT_ZAP, context -> new Scope(scope));
    }

    /** Every root is torn down in this order. */
    public static PolicyRuntime order(RootZapOrder order) {
        return runtime(Decision.ROOT_ZAP, context -> new Order(order));
    }

    private static PolicyRuntime runtime(Decision decision, Function<PolicyContext, MmuPolicy> factory) {
        PolicyDescriptor descriptor = PolicyDescriptor.of("constant", "always answers the same", ApiVersion.COMPILED)
                .decides(decision)
                .build();
        PolicyProvider provider = new PolicyProvider() {
            @Override
            public PolicyDescriptor descriptor() {
                return descriptor;
            }

            @Override
            public MmuPolicy create(PolicyContext context) {
                return factory.apply(context);
            }
        };
        return PolicyRuntime.create(PolicyAssignment.of(PolicyChoice.inProcess(provider)), 1);
    }

    private record Scope(MemslotZapScope scope) implements MmuPolicy, MemslotZap {
        @Override
        public MemslotZapScope scope(MemslotChange change) {
            return scope;
        }
    }

    private record Order(RootZapOrder order) implements MmuPolicy, RootZap {
        @Override
        public RootZapOrder order(int rootLevel, int addressSpace) {
            return order;
        }
    }
}
