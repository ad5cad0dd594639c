package org.shadowmmu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.shadow.MmuOptions;
import org.shadowmmu.engine.vm.AccessKind;
import org.shadowmmu.engine.vm.VirtualMachine;

/**
 * First accesses to every eighth page of 4 GiB under two-dimensional paging: one fault each in both MMUs, which the legacy
 * one extends to the seven neighbours. The score is the time per fault.
 *
 * <p>Run with {@code java -jar mmu-bench/target/benchmarks.jar FaultBenchmark}; expect the TDP MMU to be the faster.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(value = 1, jvmArgs = "-Xmx2g")
public class FaultBenchmark {
    private static final int PAGES = 1 << 20;
    private static final int STRIDE = 8;

    /** Which MMU. */
    @Param({"legacy", "tdp-mmu"})
    public String mmu;

    private VirtualMachine machine;

    /** Makes a machine in which nothing is mapped. */
    @Setup(Level.Invocation)
    public void make() {
        MmuOptions options = mmu.equals("legacy") ? MmuOptions.tdp() : MmuOptions.withTdpMmu();
        machine = VirtualMachine.create(options, 1, PolicyRuntime.upstream(), null);
        machine.host().addBacking(0, PAGES, false);
        machine.setMemslot(0, 0, 0, PAGES, 0, 0, 0);
    }

    /** Touches the pages. */
    @Benchmark
    @OperationsPerInvocation(PAGES / STRIDE)
    public long touch() {
        for (long gfn = 0; gfn < PAGES; gfn += STRIDE) {
            machine.vcpu(0).accessGpa(gfn << 12, AccessKind.READ);
        }
        return machine.mappedGuestPages();
    }
}
