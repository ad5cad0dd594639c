package org.shadowmmu.lab.ab;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.lab.workload.TableString;

/**
 * The order of reclaim that knows the rest of the stream: the leaf table that is needed again last goes first, directories only
 * when no leaf table is left. No kernel can have it. It shows what an order could reach: a figure that was reached by an order
 * and is no proof that none is better.
 */
final class Foresight implements PolicyProvider {
    private final TableString string;
    private final int[] next;
    private int at = -1;

    Foresight(TableString string) {
        this.string = string;
        next = new int[string.distinct()];
    }

    /** The next entry of the stream is carried out now. */
    void advance() {
        at++;
        next[string.table(at)] = string.nextUse(at);
    }

    @Override
    public PolicyDescriptor descriptor() {
        return PolicyDescriptor.of("foresight", "the table needed again last goes first", ApiVersion.COMPILED)
                .decides(Decision.RECLAIM_ORDER)
                .build();
    }

    @Override
    public MmuPolicy create(PolicyContext context) {
        return new Order(context);
    }

    private long nextUse(ShadowPageView page) {
        int table = string.tableOf(page.gfn());
        return table < 0 ? TableString.NEVER : next[table];
    }

    private final class Order implements MmuPolicy, ReclaimOrder {
        private final PageQueue directories;
        private final List<ShadowPageView> tables = new ArrayList<>();

        Order(PolicyContext context) {
            directories = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            if (page.level() == 1) {
                tables.add(page);
            } else {
                directories.addYoungest(page);
            }
        }

        @Override
        public void pageZapped(ShadowPageView page) {
            if (page.level() == 1) {
                tables.removeIf(held -> held == page);
            }
        }

        @Override
        public @Nullable ShadowPageView nextVictim() {
            ShadowPageView victim = null;
            long farthest = -1;
            for (ShadowPageView table : tables) {
                long use = nextUse(table);
                if (use > farthest) {
                    farthest = use;
                    victim = table;
                }
            }
            return victim == null ? directories.oldestVictim() : victim;
        }
    }
}
