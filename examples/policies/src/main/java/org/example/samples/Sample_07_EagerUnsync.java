package org.example.samples;

import org.shadowmmu.api.*;

/**
 * Zaps unsync children eagerly: a child that the guest may be changing behind the hypervisor's back goes with its last parent,
 * whoever it serves, instead of being synchronised when it is found again. A policy may take this decision alone.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-eager-unsync}: a difference under shadow paging only.
 */
public final class Sample_07_EagerUnsync implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-eager-unsync", "an unsync child goes with its last parent", ApiVersion.COMPILED)
                .source("Linux before v5.10 recursed into unsync children only")
                .decides(Decision.CHILD_ZAP)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Policy();
    }

    private static final class Policy implements MmuPolicy, ChildZap {
        @Override
        public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
            return child.unsync() || tdpEnabled && child.guestMode() && cause != UnlinkCause.EMULATED_WRITE;
        }
    }
}
