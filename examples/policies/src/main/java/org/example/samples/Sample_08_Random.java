package org.example.samples;

import java.util.ArrayList;
import org.shadowmmu.api.*;

/**
 * Any page, by the dice of the context: a seed of the experiment gives the same victims in every run. The word of a page is its
 * place in an array; the last page takes the place of one that goes.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-random}: the yardstick that every idea has to beat.
 */
public final class Sample_08_Random implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-random", "a page at random", ApiVersion.COMPILED)
                .source("textbook")
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Policy(context);
    }

    private static final class Policy implements MmuPolicy, ReclaimOrder {
        private final PolicyContext context;
        private final ArrayList<ShadowPageView> pages = new ArrayList<>();

        Policy(PolicyContext context) {
            this.context = context;
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            context.setWord(page, pages.size());
            pages.add(page);
        }

        @Override
        public void pageZapped(ShadowPageView page) {
            ShadowPageView last = pages.remove(pages.size() - 1);
            if (last != page) {
                pages.set((int) context.word(page), last);
                context.setWord(last, context.word(page));
            }
        }

        @Override
        public ShadowPageView nextVictim() {
            ShadowPageView victim = pages.get(context.random().nextInt(pages.size()));
            return victim.liveRoot() ? nextVictim() : victim;
        }
    }
}
