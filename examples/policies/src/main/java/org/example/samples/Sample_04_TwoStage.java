package org.example.samples;

import org.shadowmmu.api.*;

/**
 * Xen's two stages. First top-level pages that no processor uses go, and all below goes with the last reference. If there is
 * none, the tables right below the roots in use are unhooked, the oldest first, again with all below.
 *
 * <p>Run {@code shadowmmu run samples.yaml --policies target/samples.jar} and look for {@code sample-two-stage}: many more faults: one victim takes its whole tree along.
 */
public final class Sample_04_TwoStage implements PolicyProvider {
    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("sample-two-stage", "top-level pages first, then what hangs below roots in use", ApiVersion.COMPILED)
                .source("Xen, shadow_prealloc: unpin top-level shadows, then unhook")
                .decides(Decision.RECLAIM_ORDER, Decision.CHILD_ZAP)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Policy(context);
    }

    private static final class Policy implements MmuPolicy, ReclaimOrder, ChildZap {
        private final PageQueue[] levels = new PageQueue[6];

        Policy(PolicyContext context) {
            for (int level = 1; level < levels.length; level++) {
                levels[level] = context.newQueue();
            }
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            levels[page.level()].addYoungest(page);
        }

        @Override
        public ShadowPageView nextVictim() {
            ShadowPageView victim = null;
            for (int level = levels.length - 1; victim == null; level--) {
                victim = levels[level].oldestVictim();
            }
            return victim;
        }

        @Override
        public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
            return true;
        }
    }
}
