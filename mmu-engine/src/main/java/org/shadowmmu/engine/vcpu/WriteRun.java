package org.shadowmmu.engine.vcpu;

import org.jspecify.annotations.Nullable;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.Spte;

/** The emulated writes in a row of one virtual CPU to guest tables, by which Linux 2.6.3x finds floods (EM-22). */
public final class WriteRun {
    private static final int FLOOD = 3;

    private long gfn = -1;
    private int count;
    private @Nullable ShadowPage refilled;
    private long creation;
    private int index;

    /** Notes a write to a frame; returns whether it is the third in a row or later, and the last refill was not used. */
    public boolean floods(long writtenGfn) {
        if (gfn == writtenGfn) {
            count++;
        } else {
            gfn = writtenGfn;
            count = 1;
            refilled = null;
        }
        return count >= FLOOD && !refillUsed();
    }

    private boolean refillUsed() {
        ShadowPage page = refilled;
        return page != null
                && page.live()
                && page.creationNumber() == creation
                && (page.spt[index] & Spte.ACCESSED) != 0;
    }

    /** Notes that a write mapped its entry again. */
    public void refilled(ShadowPage page, int at) {
        refilled = page;
        creation = page.creationNumber();
        index = at;
    }
}
