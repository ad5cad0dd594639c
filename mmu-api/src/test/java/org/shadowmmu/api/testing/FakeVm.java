package org.shadowmmu.api.testing;

import java.util.Map;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;

/** One policy and the shadow pages it hears of: just enough of a virtual machine to tell it a story. */
public final class FakeVm {
    private final FakeContext context;
    private final MmuPolicy policy;
    private int created;

    /** Makes the policy with some parameters set. */
    public FakeVm(PolicyProvider provider, Map<String, String> settings) {
        context = new FakeContext(provider.descriptor(), settings);
        policy = provider.create(context);
    }

    /** Makes the policy with its defaults. */
    public FakeVm(PolicyProvider provider) {
        this(provider, Map.of());
    }

    /** The policy as one of the decisions it takes. */
    public <T> T as(Class<T> decision) {
        return decision.cast(policy);
    }

    /** Creates a page without parents. */
    public FakePage create(int level) {
        FakePage page = new FakePage(created, level, created);
        created++;
        policy.pageCreated(page);
        return page;
    }

    /** Creates a live root. */
    public FakePage createRoot(int level) {
        return create(level).rootCount(1);
    }

    /** Creates a page one level below its parent and links it. */
    public FakePage createBelow(FakePage parent) {
        FakePage child = create(parent.level() - 1);
        link(parent, child);
        return child;
    }

    /** Finds an existing page again and links it. */
    public void findAgain(FakePage parent, FakePage child) {
        policy.pageFoundAgain(child);
        link(parent, child);
    }

    private void link(FakePage parent, FakePage child) {
        parent.link(child);
        policy.pageLinked(parent, child);
    }

    /** Installs a leaf. */
    public void map(FakePage page) {
        policy.leafInstalled(page, 0, false);
    }

    /** Asks for the next victim and zaps it; its children stay, without a parent. */
    public FakePage reclaimOne() {
        ShadowPageView victim = as(ReclaimOrder.class).nextVictim();
        if (!(victim instanceof FakePage page)) {
            throw new AssertionError("no victim: " + victim);
        }
        zap(page);
        return page;
    }

    /** Zaps a page. */
    public void zap(FakePage page) {
        for (FakePage child : page.children()) {
            page.unlink(child);
            policy.pageUnlinked(page, child);
        }
        for (FakePage parent : page.parents()) {
            parent.unlink(page);
            policy.pageUnlinked(parent, page);
        }
        policy.pageZapped(page);
        context.forget(page);
    }
}
