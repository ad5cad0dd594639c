package org.example.samples;

import org.shadowmmu.api.*;

/**
 * First in, first out: the smallest policy there is. A queue is made once; a page that was created joins its young end; the
 * victim is the oldest page that is not in use as a root. Zapped pages leave the queue by themselves.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-fifo}: the very figures of {@code fifo}.
 */
public final class Sample_01_Fifo implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-fifo", "first in, first out", ApiVersion.COMPILED)
                .source("Linux, ZAP-20")
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
        public ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }
}
