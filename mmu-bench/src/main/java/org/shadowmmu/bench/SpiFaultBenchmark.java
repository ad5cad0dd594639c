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

/**
 * A whole fault that creates a shadow page, with its share of reclaim: the worst a guest can do, and what the cost of the SPI has
 * to be compared with. {@code others} policies of other classes ran on the same call sites before.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(3)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SpiFaultBenchmark {
    /** How many policies of other classes ran before. */
    @Param({"0", "3"})
    private int others;

    private Thrasher thrasher;

    /** Lets the others run, then makes the machine. */
    @Setup
    public void prepare() {
        for (int number = 1; number <= others; number++) {
            Thrasher other = new Thrasher(BenchPolicies.runtime(number));
            for (int i = 0; i < 50_000; i++) {
                other.step();
            }
        }
        thrasher = new Thrasher(BenchPolicies.runtime(0));
    }

    /** One fault. */
    @Benchmark
    public Object fault() {
        return thrasher.step();
    }
}
