package org.shadowmmu.policy.fifo;

import java.util.List;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.Parameter.BooleanParameter;
import org.shadowmmu.api.Parameter.ChoiceParameter;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;

/** Offers {@link FifoPolicy} as {@code fifo}. */
public final class FifoProvider implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of(
                        "fifo",
                        "upstream: oldest page first, nested orphans zapped, everything zapped on a slot change",
                        ApiVersion.COMPILED)
                .source("Linux 6.1; order as in 6b82ef2c9cf1 (v5.9) with 8fc517267fb2 (v5.11), orphans 2de4085cccea"
                        + " (v5.10), slots 002c5f73c508, roots 1b6043e8e584 (v5.18)")
                .parameter(new ChoiceParameter(
                        "direction",
                        "which end of the creation order goes first; newest is the regression of v5.9",
                        "oldest",
                        List.of("oldest", "newest")))
                .parameter(new BooleanParameter(
                        "skip-live-roots",
                        "pass over roots in use; false is the rule before v5.9, which made every virtual CPU reload",
                        true))
                .decides(Decision.values())
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new FifoPolicy(
                context,
                context.parameters().choice("direction").equals("newest"),
                context.parameters().bool("skip-live-roots"));
    }
}
