package org.shadowmmu.engine.testing;

import java.util.function.Function;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.RootZap;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyRuntime;

/** Policies of one decision for tests; upstream takes the others. */
public final class TestPolicy {
    private TestPolicy() {}

    /** Memslot changes zap in one scope. */
    public static PolicyRuntime zapping(MemslotZapScope scope) {
        return runtime(Decision.MEMSLOT_ZAP, context -> new Scope(scope));
    }

    /** Roots of the TDP MMU are torn down in one order. */
    public static PolicyRuntime tearingDown(RootZapOrder order) {
        return runtime(Decision.ROOT_ZAP, context -> new Order(order));
    }

    /** A child goes with its last parent, always. */
    public static PolicyRuntime zappingChildren() {
        return runtime(Decision.CHILD_ZAP, context -> new AllChildren());
    }

    /** The youngest page is reclaimed first. */
    public static PolicyRuntime youngestFirst() {
        return runtime(Decision.RECLAIM_ORDER, YoungestFirst::new);
    }

    /** Any policy that takes one decision. */
    public static PolicyRuntime runtime(Decision decision, Function<PolicyContext, MmuPolicy> factory) {
        PolicyDescriptor descriptor = PolicyDescriptor.of("test", "for a test", ApiVersion.COMPILED)
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

    private record Order(RootZapOrder order) implements MmuPolicy, RootZap {
        @Override
        public RootZapOrder order(int rootLevel, int addressSpace) {
            return order;
        }
    }

    private record Scope(MemslotZapScope scope) implements MmuPolicy, MemslotZap {
        @Override
        public MemslotZapScope scope(MemslotChange change) {
            return scope;
        }
    }

    private static final class AllChildren implements MmuPolicy, ChildZap {
        @Override
        public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
            return true;
        }
    }

    private static final class YoungestFirst implements MmuPolicy, ReclaimOrder {
        private final PageQueue pages;

        YoungestFirst(PolicyContext context) {
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public ShadowPageView nextVictim() {
            return pages.youngestVictim();
        }
    }
}
