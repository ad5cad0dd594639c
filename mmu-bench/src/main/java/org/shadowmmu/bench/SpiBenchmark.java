package org.shadowmmu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.engine.era.Era;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.Role;
import org.shadowmmu.engine.shadow.ShadowPage;
import org.shadowmmu.engine.shadow.ShadowPages;

/**
 * What the policies cost in the life of one page: every hook and decision that it meets from creation to reclaim. {@code
 * throughTheSpi} is guarded foreign code with a queue of its own; {@code hardWired} takes the same victims from the engine's
 * list of active pages, which is kept in any case. Their difference, over {@link SpiFaultBenchmark#fault}, is the overhead.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(3)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class SpiBenchmark {
    private static final int PAGES = 60;

    /** How many policies of other classes ran before. */
    @Param({"0", "3"})
    private int others;

    private PolicyRuntime policies;
    private final ShadowPage[] pages = new ShadowPage[PAGES];
    private int next;

    /** Lets the others run, then reports the first pages. */
    @Setup
    public void prepare() {
        for (int number = 1; number <= others; number++) {
            fill(number);
            for (int i = 0; i < 50_000; i++) {
                throughTheSpi();
            }
        }
        fill(0);
    }

    private void fill(int policy) {
        policies = BenchPolicies.runtime(policy);
        ShadowPages table = new ShadowPages(Era.LINUX_6_1.pages());
        table.setMax(2 * PAGES);
        next = 0;
        for (int i = 0; i < PAGES; i++) {
            pages[i] = table.create(i, Role.DIRECT | 1);
            policies.pageCreated(pages[i]);
        }
    }

    /** One page goes, and comes again. */
    @Benchmark
    public Object throughTheSpi() {
        ShadowPage parent = pages[(next + 1) % PAGES];
        ShadowPage victim = (ShadowPage) policies.nextVictim();
        policies.pageUnlinked(parent, victim);
        boolean orphan = policies.zapWithLastParent(victim, true, UnlinkCause.PARENT_ZAPPED);
        policies.pageZapped(victim);
        policies.pageCreated(victim);
        policies.pageLinked(parent, victim);
        next = (next + 1) % PAGES;
        return orphan ? parent : victim;
    }

    /** The same page from the engine's own list. */
    @Benchmark
    public Object hardWired() {
        ShadowPage parent = pages[(next + 1) % PAGES];
        ShadowPage victim = pages[next];
        while (victim.liveRoot()) {
            next = (next + 1) % PAGES;
            victim = pages[next];
        }
        boolean orphan = victim.guestMode();
        next = (next + 1) % PAGES;
        return orphan ? parent : victim;
    }
}
