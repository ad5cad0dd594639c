package org.shadowmmu.bench;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyRuntime;

/** Four policies that do the same, first in, first out, in classes of their own: to a call site they are four receivers. */
final class BenchPolicies {
    private BenchPolicies() {}

    /** The runtime of a machine under the policy with this number, 0 to 3. */
    static PolicyRuntime runtime(int number) {
        PolicyProvider provider = new PolicyProvider() {
            @Override
            public PolicyDescriptor descriptor() {
                return PolicyDescriptor.of("bench-" + number, "first in, first out", ApiVersion.COMPILED)
                        .decides(Decision.RECLAIM_ORDER)
                        .build();
            }

            @Override
            public MmuPolicy create(PolicyContext context) {
                return switch (number) {
                    case 0 -> new First(context);
                    case 1 -> new Second(context);
                    case 2 -> new Third(context);
                    default -> new Fourth(context);
                };
            }
        };
        return PolicyRuntime.create(PolicyAssignment.of(PolicyChoice.inProcess(provider)), 1);
    }

    private static final class First implements MmuPolicy, ReclaimOrder {
        private final PageQueue pages;

        First(PolicyContext context) {
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public @Nullable ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }

    private static final class Second implements MmuPolicy, ReclaimOrder {
        private final PageQueue pages;

        Second(PolicyContext context) {
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public @Nullable ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }

    private static final class Third implements MmuPolicy, ReclaimOrder {
        private final PageQueue pages;

        Third(PolicyContext context) {
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public @Nullable ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }

    private static final class Fourth implements MmuPolicy, ReclaimOrder {
        private final PageQueue pages;

        Fourth(PolicyContext context) {
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public @Nullable ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }
}
