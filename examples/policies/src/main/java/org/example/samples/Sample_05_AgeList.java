package org.example.samples;

import org.shadowmmu.api.*;

/**
 * VirtualBox's age list: a page moves to the young end when it is found again, and the victim comes from the old end; a root in
 * use that is met there is moved to the young end as if it had been used.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-age-list}: about what {@code lru-moveup} with {@code on: lookup} gives.
 */
public final class Sample_05_AgeList implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-age-list", "an age list that is touched by lookups and by roots in use", ApiVersion.COMPILED)
                .source("VirtualBox, pgmPoolCacheUsed and pgmPoolCacheFreeOne")
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
        public void pageFoundAgain(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public ShadowPageView nextVictim() {
            ShadowPageView page = pages.oldest();
            while (page.liveRoot()) {
                pages.addYoungest(page);
                page = pages.oldest();
            }
            return page;
        }
    }
}
