package org.example.samples;

import org.shadowmmu.api.*;

/**
 * The second-chance clock on accessed bits: the oldest page goes, unless the processor used another of its entries since the
 * hand last passed; then it moves to the young end. The page's own word remembers how many entries were used by then.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-clock}: each page is looked at, at most once per newly used entry, so it ends.
 */
public final class Sample_03_SecondChance implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-clock", "second chance for pages with newly accessed entries", ApiVersion.COMPILED)
                .source("textbook: the clock algorithm")
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Policy(context);
    }

    private record Policy(PolicyContext context, PageQueue pages) implements MmuPolicy, ReclaimOrder {
        Policy(PolicyContext context) {
            this(context, context.newQueue());
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public ShadowPageView nextVictim() {
            while (true) {
                ShadowPageView page = pages.oldestVictim();
                long accessed = page.accessedEntries();
                if (accessed <= context.word(page)) {
                    return page;
                }
                context.setWord(page, accessed);
                pages.addYoungest(page);
            }
        }
    }
}
