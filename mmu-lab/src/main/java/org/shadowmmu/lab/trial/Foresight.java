package org.shadowmmu.lab.trial;

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
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.PassingVisitor;
import org.shadowmmu.lab.workload.StreamVisitor;
import org.shadowmmu.lab.workload.TableString;

/**
 * The order of reclaim that knows the rest of the stream: the leaf table that is needed again last goes first, directories only
 * when no leaf table is left. No kernel can have it. It shows what an order could reach: a figure that was reached by an order
 * and is no proof that none is better.
 */
public final class Foresight implements PolicyProvider {
    private static final int TABLE_SHIFT = 9;

    private final TableString string;
    private final int[] next;
    private int at = -1;

    /** Knows a stream whose order of tables is this one, for one run. */
    public Foresight(TableString string) {
        this.string = string;
        next = new int[string.distinct()];
    }

    /** What takes the records of the stream in front of {@code replay}, and so knows where in it the replay is. */
    public StreamVisitor before(StreamVisitor replay) {
        return new PassingVisitor(replay) {
            private long region = -1;

            @Override
            public void access(EntryKind kind, long gfn) {
                if (gfn >>> TABLE_SHIFT != region) {
                    region = gfn >>> TABLE_SHIFT;
                    advance();
                }
                super.access(kind, gfn);
            }
        };
    }

    /** The next entry of the stream is carried out now. */
    private void advance() {
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
