package org.example.samples;

import org.shadowmmu.api.*;

/**
 * First in, first out, and a page that gained more than {@code most} parents since it was created is zapped: long parent lists
 * are slow to undo. A hook cannot zap; it asks, and the engine zaps after the guest's operation.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-too-many-parents}: the figures of {@code fifo}, unless tables are linked again and again.
 */
public final class Sample_06_TooManyParents implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-too-many-parents", "zaps a page that gained more than a number of parents", ApiVersion.COMPILED)
                .source("a question of the mailing list: bound the parent lists")
                .parameter(new Parameter.IntParameter("most", "parents a page may gain", 16, 1, 4096))
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Policy(context, context.newQueue(), context.parameters().integer("most"));
    }

    private record Policy(PolicyContext context, PageQueue pages, long most) implements MmuPolicy, ReclaimOrder {
        @Override
        public void pageCreated(ShadowPageView page) {
            pages.addYoungest(page);
        }

        @Override
        public void pageLinked(ShadowPageView parent, ShadowPageView child) {
            long gained = context.word(child) + 1;
            context.setWord(child, gained);
            if (gained > most) {
                context.requestZap(child);
            }
        }

        @Override
        public ShadowPageView nextVictim() {
            return pages.oldestVictim();
        }
    }
}
