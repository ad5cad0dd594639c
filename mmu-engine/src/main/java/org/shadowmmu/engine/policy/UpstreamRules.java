package org.shadowmmu.engine.policy;

import org.jspecify.annotations.Nullable;
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

/** The rules of Linux 6.1, written like any other policy. */
final class UpstreamRules implements MmuPolicy, ReclaimOrder, ChildZap, MemslotZap, RootZap {
    static final PolicyDescriptor DESCRIPTOR = PolicyDescriptor.of(
                    "upstream", "the rules of Linux 6.1", ApiVersion.COMPILED)
            .source("Linux 6.1: ZAP-10, ZAP-20, MS-20, TDP-22")
            .decides(Decision.values())
            .build();

    static final PolicyProvider PROVIDER = new PolicyProvider() {
        @Override
        public PolicyDescriptor descriptor() {
            return DESCRIPTOR;
        }

        @Override
        public MmuPolicy create(PolicyContext context) {
            return new UpstreamRules(context);
        }
    };

    private final PageQueue pages;

    private UpstreamRules(PolicyContext context) {
        pages = context.newQueue();
    }

    @Override
    public void pageCreated(ShadowPageView page) {
        pages.addYoungest(page);
    }

    /** ZAP-20: the oldest creation, live roots skipped. */
    @Override
    public @Nullable ShadowPageView nextVictim() {
        return pages.oldestVictim();
    }

    /** ZAP-10: a nested page goes with its last parent, except when the guest wrote the entry. */
    @Override
    public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
        return tdpEnabled && child.guestMode() && cause != UnlinkCause.EMULATED_WRITE;
    }

    /** MS-20. */
    @Override
    public MemslotZapScope scope(MemslotChange change) {
        return MemslotZapScope.UPSTREAM;
    }

    /** TDP-22. */
    @Override
    public RootZapOrder order(int rootLevel, int addressSpace) {
        return RootZapOrder.UPSTREAM;
    }
}
