package org.shadowmmu.policy.childzap;

import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.Parameter.BooleanParameter;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;

/** Offers {@link TdpChildZapPolicy} as {@code tdp-childzap}. */
public final class TdpChildZapProvider implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of(
                        "tdp-childzap",
                        "a nested table that loses its last parent is zapped with it",
                        ApiVersion.COMPILED)
                .source(
                        "Ben Gardon, August 2020; upstream since 2de4085cccea (v5.10); emulated writes 69397c92de77 (June"
                                + " 2026); live roots 7a2c70e777a0 (July 2026)")
                .parameter(new BooleanParameter(
                        "unconditional",
                        "zap every child that loses its last parent, not only those of nested guests (first version)",
                        false))
                .parameter(new BooleanParameter(
                        "on-emulated-writes",
                        "also when the guest itself overwrote the last entry that led to the child (69397c92de77)",
                        false))
                .decides(Decision.CHILD_ZAP)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new TdpChildZapPolicy(
                context.parameters().bool("unconditional"), context.parameters().bool("on-emulated-writes"));
    }
}
