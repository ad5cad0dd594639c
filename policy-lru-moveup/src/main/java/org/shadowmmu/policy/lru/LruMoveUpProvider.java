package org.shadowmmu.policy.lru;

import java.util.List;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.Parameter.ChoiceParameter;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;

/** Offers {@link LruMoveUpPolicy} as {@code lru-moveup}, in one of three forms. */
public final class LruMoveUpProvider implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of(
                        "lru-moveup", "a used page and its ancestors move to the young end", ApiVersion.COMPILED)
                .source(
                        "Max Laier, about 2010: active_mmu_pages does not move parents up (allocation as in his proof of"
                                + " concept, mapping as he proposes); lookup: a proposal of January 2026")
                .parameter(new ChoiceParameter(
                        "on",
                        "what counts as use: a page created below others, a leaf installed, or a page found again",
                        "mapping",
                        List.of("allocation", "mapping", "lookup")))
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        String on = context.parameters().choice("on");
        return switch (on) {
            case "allocation" -> new LruMoveUpPolicy.OnAllocation(context);
            case "mapping" -> new LruMoveUpPolicy.OnMapping(context);
            case "lookup" -> new LruMoveUpPolicy.OnLookup(context);
            default -> throw new IllegalArgumentException("no such use: " + on);
        };
    }
}
