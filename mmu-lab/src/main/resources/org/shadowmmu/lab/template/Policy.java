package @package@;

import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;

/** Reclaims the page that was created first. Change this: override more hooks of {@link MmuPolicy}, take more decisions. */
final class @Class@ implements MmuPolicy, ReclaimOrder {
    private final PageQueue pages;

    @Class@(PolicyContext context) {
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
