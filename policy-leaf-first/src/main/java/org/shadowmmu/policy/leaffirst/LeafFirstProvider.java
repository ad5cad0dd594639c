package org.shadowmmu.policy.leaffirst;

import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.Parameter.IntParameter;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;

/** Offers {@link LeafFirstPolicy} as {@code leaf-first}. */
public final class LeafFirstProvider implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of(
                        "leaf-first",
                        "oldest level-1 tables before directories; a slot change zaps that slot's leaves; roots leaves first",
                        ApiVersion.COMPILED)
                .source(
                        "Order: Max Laier, about 2010, \"prefer old level-1 tables\". Slots: Sean Christopherson, July 2020,"
                                + " KVM_CAP_MEMSLOT_ZAP_CONTROL. Roots: Mingwei Zhang, November 2021; 8ca983631f3c (v6.9)")
                .parameter(new IntParameter(
                        "levels",
                        "the lowest levels that go one after the other; above them age alone counts (1: tables before"
                                + " directories)",
                        5,
                        1,
                        5))
                .decides(Decision.RECLAIM_ORDER, Decision.MEMSLOT_ZAP, Decision.ROOT_ZAP)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new LeafFirstPolicy(context, (int) context.parameters().integer("levels"));
    }
}
