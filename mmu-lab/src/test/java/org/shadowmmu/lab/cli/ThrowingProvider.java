package org.shadowmmu.lab.cli;

import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;

/** A policy that throws when it is asked for a victim. */
public final class ThrowingProvider implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("throws", "throws when asked", ApiVersion.COMPILED)
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Throwing();
    }

    /** The policy. */
    public static final class Throwing implements MmuPolicy, ReclaimOrder {
        @Override
        public ShadowPageView nextVictim() {
            throw new IllegalStateException("no <idea>");
        }
    }
}
