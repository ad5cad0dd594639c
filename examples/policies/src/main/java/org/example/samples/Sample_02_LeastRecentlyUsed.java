package org.example.samples;

import org.shadowmmu.api.*;

/**
 * Least recently used first, where use is a fault that installed a leaf. Adding a page to a queue that holds it moves it. With
 * the ancestors moved too this is {@code lru-moveup}; without, directories still go before their tables.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-lru}: fewer faults than {@code fifo}.
 */
public final class Sample_02_LeastRecentlyUsed implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-lru", "least recently mapped first", ApiVersion.COMPILED)
                .source("textbook")
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Policy(context);
    }

    private static final class Policy implements MmuPolicy, ReclaimOrder {
        private final PageQueue pages;

        Policy(PolicyContext context) {
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public void leafInstalled(ShadowPageView page, int index, boolean prefetched) {
            pages.addYoungest(page);
        }

        @Override
        public ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }
}
